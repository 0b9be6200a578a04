package dev.darkroom.worker.nebius;

import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.quota.CallPermits;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

/** Puts the way to Nebius together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NebiusSettings.class)
class NebiusConfiguration {

  @Bean
  CircuitBreakerRegistry circuitBreakers(NebiusSettings settings, MeterRegistry meters) {
    var breaker = settings.breaker();
    var registry =
        CircuitBreakerRegistry.of(
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(breaker.window())
                .minimumNumberOfCalls(breaker.minimumCalls())
                .failureRateThreshold(breaker.failureRate())
                .waitDurationInOpenState(breaker.probeAfter())
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(1)
                // a probe that never reports back must not keep it half open for ever
                .maxWaitDurationInHalfOpenState(settings.timeout().plusSeconds(10))
                .recordResult(outcome -> NebiusGate.isOutage((AttemptOutcome) outcome))
                .build());
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    return registry;
  }

  @Bean
  NebiusGate nebiusGate(CircuitBreakerRegistry breakers, NebiusSettings settings, Clock clock) {
    CircuitBreaker breaker = breakers.circuitBreaker("nebius");
    return new NebiusGate(breaker, settings.breaker().probeAfter(), clock);
  }

  @Bean
  HealthIndicator nebius(NebiusGate gate, CallPermits permits) {
    // Always up: a worker that waits for Nebius must not be restarted for it.
    return () ->
        Health.up().withDetail("calls", gate.state()).withDetail("quota", permits.state()).build();
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService callTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("call-timer").daemon().factory());
  }

  @Bean(destroyMethod = "shutdownNow")
  HttpClient nebiusHttpClient(NebiusSettings settings) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(settings.connectTimeout())
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build();
  }

  @Bean
  CallNebius callNebius(
      NebiusSettings settings,
      HttpClient nebiusHttpClient,
      PictureStore store,
      NebiusGate gate,
      CallPermits permits,
      JsonMapper json,
      ScheduledExecutorService callTimer,
      Clock clock) {
    var client =
        RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory(nebiusHttpClient))
            .baseUrl(settings.endpoint())
            .defaultHeaders(headers -> {
              if (settings.apiKey().isGiven()) {
                headers.setBearerAuth(settings.apiKey().value());
              }
              headers.set(HttpHeaders.USER_AGENT, "darkroom");
            })
            .build();
    return new CallNebius(
        settings,
        new PostGeneration(client, store, json, permits, clock),
        gate,
        quickRetry(settings),
        callTimer,
        clock);
  }

  private static Retry quickRetry(NebiusSettings settings) {
    return Retry.of(
        "nebius",
        RetryConfig.custom()
            .maxAttempts(settings.quickRetries() + 1)
            .waitDuration(settings.quickRetryDelay())
            .retryOnResult(outcome -> outcome instanceof AttemptOutcome.NotMade)
            .retryOnException(_ -> false)
            .build());
  }
}
