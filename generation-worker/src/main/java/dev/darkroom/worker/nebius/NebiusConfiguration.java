package dev.darkroom.worker.nebius;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker.ProviderSignal;
import dev.darkroom.worker.nebius.http.ImageHostAllowlist;
import dev.darkroom.worker.nebius.http.NebiusHttpClients;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NebiusSettings.class)
@Import({
  NebiusClient.class,
  ImageGenerationCall.class,
  ImageDownloader.class,
  ResponseClassifier.class,
  ModelCatalogCheck.class
})
class NebiusConfiguration {
  /** A slow call that succeeds is no sign of an outage; the library's default is 60 s. */
  private static final Duration SLOW = Duration.ofDays(1);

  static CircuitBreakerRegistry circuitBreakers(NebiusSettings.Breaker settings) {
    return CircuitBreakerRegistry.of(
        CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(settings.window())
            .minimumNumberOfCalls(settings.minimumCalls())
            .failureRateThreshold(settings.failureRate())
            .slowCallDurationThreshold(SLOW)
            .waitDurationInOpenState(settings.probeAfter())
            .permittedNumberOfCallsInHalfOpenState(1)
            .recordResult(
                outcome -> ProviderSignal.of((AttemptOutcome) outcome) == ProviderSignal.FAILURE)
            .build());
  }

  @Bean
  NebiusCircuitBreaker nebiusCircuitBreaker(
      NebiusSettings settings, Clock clock, MeterRegistry meters) {
    var breakers = circuitBreakers(settings.breaker());
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
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
  BackgroundLoop modelCatalogLoop(ModelCatalogCheck models, NebiusSettings settings) {
    return new BackgroundLoop("model-catalog", settings.readModelsEvery(), models);
  }
}
