package dev.darkroom.worker.nebius;

import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker.ProviderSignal;
import dev.darkroom.worker.nebius.http.ImageHostAllowlist;
import dev.darkroom.worker.nebius.http.NebiusHttpClients;
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
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NebiusSettings.class)
class NebiusConfiguration {
  /** A slow call that succeeds is no sign of an outage; the library's default is 60 s. */
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
                .recordResult(outcome ->
                    ProviderSignal.of((AttemptOutcome) outcome) == ProviderSignal.FAILURE)
                .build());
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    return registry;
  }

  @Bean
  NebiusCircuitBreaker nebiusCircuitBreaker(
      CircuitBreakerRegistry breakers, NebiusSettings settings, Clock clock, MeterRegistry meters) {
    var breaker =
        new NebiusCircuitBreaker(
            breakers.circuitBreaker("nebius"), settings.breaker().probeAfter(), clock);
    Stream.concat(
            Stream.of(NebiusCircuitBreaker.OUTAGE, NebiusCircuitBreaker.RATE_LIMITED),
            Stream.of(ProviderRefusal.values()).map(NebiusCircuitBreaker::tag))
        .forEach(reason ->
            Gauge.builder(
                    "darkroom.nebius.blocked",
                    breaker,
                    it -> it.blockedBy().filter(reason::equals).isPresent() ? 1 : 0)
                .description("1 while no calls are made for this reason")
                .tag("reason", reason)
                .register(meters));
    return breaker;
  }

  @Bean
  HealthIndicator nebius(
      NebiusCircuitBreaker breaker, CallPermits permits, ModelCatalogCheck models) {
    // Always up: a restart does not help a worker that waits for Nebius.
    return () ->
        Health.up()
            .withDetail("calls", breaker.state())
            .withDetail("quota", permits.state())
            .withDetail("models", models.state())
            .build();
  }

  @Bean
  HealthIndicator credentials(NebiusSettings settings) {
    return new CredentialHealth(settings.endpoint(), settings.apiKey());
  }

  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService callTimer() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("call-timer").daemon().factory());
  }

  @Bean
  CloseableHttpClient nebiusHttpClient(NebiusSettings settings) {
    return NebiusHttpClients.client(settings.connectTimeout(), silence(settings));
  }

  @Bean
  ImageHostAllowlist imageHostAllowlist(NebiusSettings settings) {
    var downloads = settings.pictures();
    return new ImageHostAllowlist(
        downloads.hosts(), downloads.insecure(), SystemDefaultDnsResolver.INSTANCE);
  }

  @Bean
  CloseableHttpClient imageHttpClient(NebiusSettings settings, ImageHostAllowlist hosts) {
    return NebiusHttpClients.directClient(settings.connectTimeout(), silence(settings), hosts);
  }

  /** Longer than a call, whose own timer knows why it ends. */
  private static Duration silence(NebiusSettings settings) {
    return settings.timeout().plusSeconds(5);
  }

  @Bean
  NebiusTransport nebiusTransport(CloseableHttpClient nebiusHttpClient, NebiusSettings settings) {
    return new NebiusTransport(nebiusHttpClient, settings.endpoint(), settings.apiKey());
  }

  @Bean
  ResponseClassifier responseClassifier(NebiusSettings settings, Clock clock) {
    return new ResponseClassifier(settings.apiKey(), settings.model(), clock);
  }

  @Bean
  ImageGenerationCall imageGenerationCall(
      NebiusTransport transport,
      ResponseClassifier responses,
      CloseableHttpClient imageHttpClient,
      ImageHostAllowlist hosts,
      PictureStore store,
      JsonMapper json,
      CallPermits permits) {
    var downloader = new ImageDownloader(imageHttpClient, hosts);
    return new ImageGenerationCall(transport, responses, downloader, store, json, permits);
  }

  @Bean
  ModelCatalogCheck modelCatalogCheck(
      NebiusTransport transport,
      ResponseClassifier responses,
      JsonMapper json,
      ScheduledExecutorService callTimer,
      NebiusSettings settings) {
    return new ModelCatalogCheck(transport, responses, json, callTimer, settings);
  }

  @Bean
  NebiusClient nebiusClient(
      NebiusSettings settings,
      ImageGenerationCall generation,
      ResponseClassifier responses,
      NebiusCircuitBreaker breaker,
      ScheduledExecutorService callTimer,
      MeterRegistry meters) {
    var quickRetry =
        Retry.of(
            "nebius",
            RetryConfig.custom()
                .maxAttempts(settings.quickRetries() + 1)
                .waitDuration(settings.quickRetryDelay())
                .retryOnResult(AttemptOutcome.NotSent.class::isInstance)
                .retryOnException(_ -> false)
                .build());
    return new NebiusClient(
        settings, generation, responses, breaker, quickRetry, callTimer, meters);
  }
}
