package dev.darkroom.worker.nebius;

import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallPermits;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
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
  /**
   * A call that takes long and succeeds is no sign of an outage; the library would say so at 60 s.
   */
  private static final Duration SLOW = Duration.ofDays(1);

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
                .slowCallDurationThreshold(SLOW)
                .waitDurationInOpenState(breaker.probeAfter())
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordResult(
                    outcome -> ProviderEvidence.ofOutage((AttemptOutcome) outcome) != null)
                .build());
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    return registry;
  }

  @Bean
  NebiusGate nebiusGate(
      CircuitBreakerRegistry breakers, NebiusSettings settings, Clock clock, MeterRegistry meters) {
    CircuitBreaker breaker = breakers.circuitBreaker("nebius");
    var gate = new NebiusGate(breaker, settings.breaker().probeAfter(), clock);
    for (var block : Block.values()) {
      Gauge.builder("darkroom.nebius.blocked", gate, it -> it.isBlockedBy(block) ? 1 : 0)
          .description("1 while no jobs are taken for this reason")
          .tag("reason", block.word())
          .register(meters);
    }
    return gate;
  }

  @Bean
  HealthIndicator nebius(NebiusGate gate, CallPermits permits, ReadModels models) {
    // Always up: a worker that waits for Nebius must not be restarted for it.
    return () ->
        Health.up()
            .withDetail("calls", gate.state())
            .withDetail("quota", permits.state())
            .withDetail("models", models.state())
            .build();
  }

  @Bean
  HealthIndicator credentials(NebiusSettings settings) {
    return new CredentialNotice(settings.endpoint(), settings.apiKey());
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService callTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("call-timer").daemon().factory());
  }

  @Bean
  CloseableHttpClient nebiusHttpClient(NebiusSettings settings) {
    return PlainHttp.client(settings.connectTimeout(), silence(settings));
  }

  @Bean
  PictureHosts pictureHosts(NebiusSettings settings) {
    return new PictureHosts(settings.pictures());
  }

  @Bean
  CloseableHttpClient pictureHttpClient(NebiusSettings settings, PictureHosts hosts) {
    return PlainHttp.directClient(settings.connectTimeout(), silence(settings), hosts);
  }

  /** An endless silence is for the call's own timer to end, which knows whose fault it is. */
  private static Duration silence(NebiusSettings settings) {
    return settings.timeout().plusSeconds(5);
  }

  @Bean
  SendRequest sendRequest(CloseableHttpClient nebiusHttpClient, NebiusSettings settings) {
    return new SendRequest(nebiusHttpClient, settings.endpoint(), settings.apiKey());
  }

  @Bean
  PostGeneration postGeneration(
      SendRequest send,
      NebiusSettings settings,
      CloseableHttpClient pictureHttpClient,
      PictureHosts hosts,
      PictureStore store,
      JsonMapper json,
      CallPermits permits,
      Clock clock) {
    var kept = new KeptWords(settings.apiKey());
    return new PostGeneration(
        send,
        new ReadAnswer(new ReadReply(kept), new ReadRefusal(kept), kept, settings.model(), clock),
        new FetchPicture(pictureHttpClient, hosts),
        store,
        json,
        permits);
  }

  @Bean
  ReadModels readModels(
      SendRequest send,
      JsonMapper json,
      ScheduledExecutorService callTimer,
      NebiusSettings settings) {
    return new ReadModels(
        send, new ReadRefusal(new KeptWords(settings.apiKey())), json, callTimer, settings);
  }

  @Bean
  CallNebius callNebius(
      NebiusSettings settings,
      PostGeneration post,
      NebiusGate gate,
      ScheduledExecutorService callTimer,
      MeterRegistry meters) {
    return new CallNebius(settings, post, gate, quickRetry(settings), callTimer, meters);
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
