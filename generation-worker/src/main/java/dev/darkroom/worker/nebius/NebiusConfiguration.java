package dev.darkroom.worker.nebius;

import dev.darkroom.picture.PictureStore;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
  HealthIndicator nebius(NebiusGate gate) {
    // Always up: a worker that waits for Nebius must not be restarted for it.
    return () -> Health.up().withDetail("calls", gate.state()).build();
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService callTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("call-timer").daemon().factory());
  }

  @Bean
  CloseableHttpClient nebiusHttpClient(NebiusSettings settings) {
    // an endless silence is for the call's own timer to end, which knows whose fault it is
    return PlainHttp.client(settings.connectTimeout(), settings.timeout().plusSeconds(5));
  }

  @Bean
  CallNebius callNebius(
      NebiusSettings settings,
      CloseableHttpClient nebiusHttpClient,
      PictureStore store,
      NebiusGate gate,
      JsonMapper json,
      ScheduledExecutorService callTimer,
      Clock clock) {
    var send = new SendRequest(nebiusHttpClient, settings.endpoint(), settings.apiKey());
    return new CallNebius(
        settings,
        new PostGeneration(send, store, json, clock),
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
