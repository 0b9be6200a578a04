package dev.darkroom.worker.nebius;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallLimits;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker.ProviderSignal;
import dev.darkroom.worker.nebius.NebiusSettings.ProviderListSettings;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

/** Puts together what each provider has, from settings that they share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({NebiusSettings.class, ProviderListSettings.class})
@Import(ImageDownloader.class)
class NebiusConfiguration {
  /** A slow call that succeeds is no sign of an outage; the library's default is 60 s. */
  private static final Duration SLOW = Duration.ofDays(1);

  private final NebiusSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;

  NebiusConfiguration(NebiusSettings settings, Clock clock, MeterRegistry meters) {
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

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
  Providers providers(
      ProviderListSettings list,
      CloseableHttpClient nebiusHttpClient,
      ImageDownloader downloader,
      PictureStore store,
      JsonMapper json,
      CallLimits limits) {
    var breakers = circuitBreakers(settings.breaker());
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
    var providers = new ArrayList<Provider>();
    for (var entry : list.orNebius()) {
      var name = entry.name();
      var own = settings.at(entry);
      var transport = new NebiusTransport(nebiusHttpClient, own.endpoint(), own.apiKey());
      var responses = new ResponseClassifier(Provider.title(name), own, clock);
      var permits = limits.of(name, own.requestsPerMinute());
      var breaker = breaker(breakers, name);
      var call = new ImageGenerationCall(transport, responses, downloader, store, json, permits);
      providers.add(
          new Provider(
              name,
              entry.modelNames(),
              new NebiusClient(name, own, call, responses, breaker, meters),
              breaker,
              permits,
              new ModelCatalogCheck(name, transport, responses, json, own),
              new CredentialHealth(name, own.endpoint(), own.apiKey())));
    }
    return new Providers(providers);
  }

  private NebiusCircuitBreaker breaker(CircuitBreakerRegistry breakers, String provider) {
    var breaker =
        new NebiusCircuitBreaker(
            breakers.circuitBreaker(provider),
            settings.breaker().probeAfter(),
            clock,
            System::nanoTime);
    Stream.concat(
            Stream.of(NebiusCircuitBreaker.OUTAGE, NebiusCircuitBreaker.RATE_LIMITED),
            Stream.of(ProviderRefusal.values()).map(NebiusCircuitBreaker::tag))
        .forEach(reason ->
            Gauge.builder(
                    "darkroom.nebius.blocked",
                    breaker,
                    it -> it.blockedBy().filter(reason::equals).isPresent() ? 1 : 0)
                .description("1 while no calls are made for this reason")
                .tag("provider", provider)
                .tag("reason", reason)
                .register(meters));
    return breaker;
  }

  @Bean
  HealthIndicator nebius(Providers providers) {
    // Always up: a restart does not help a worker that waits for a provider.
    return () -> {
      if (providers.all().size() == 1) {
        return Health.up().withDetails(details(providers.all().getFirst())).build();
      }
      var health = Health.up();
      providers.all().forEach(it -> health.withDetail(it.name(), details(it)));
      return health.build();
    };
  }

  private static Map<String, Object> details(Provider provider) {
    var details = new LinkedHashMap<String, Object>();
    details.put("calls", provider.breaker().state());
    details.put("quota", provider.permits().state());
    details.put("models", provider.catalog().state());
    return details;
  }

  /** Of the first provider whose credentials are wrong, or of the first. */
  @Bean
  HealthIndicator credentials(Providers providers) {
    var all = providers.all().stream().map(it -> it.credentials().health()).toList();
    var worst =
        all.stream()
            .filter(health -> !health.getStatus().equals(Status.UP))
            .findFirst()
            .orElse(all.getFirst());
    return () -> worst;
  }

  @Bean
  CloseableHttpClient nebiusHttpClient() {
    return NebiusHttpClients.client(settings.connectTimeout(), silence());
  }

  @Bean
  ImageHostAllowlist imageHostAllowlist() {
    var downloads = settings.pictures();
    return new ImageHostAllowlist(
        downloads.hosts(), downloads.insecure(), SystemDefaultDnsResolver.INSTANCE);
  }

  @Bean
  CloseableHttpClient imageHttpClient(ImageHostAllowlist hosts) {
    return NebiusHttpClients.directClient(settings.connectTimeout(), silence(), hosts);
  }

  /** Longer than a call, whose own timer knows why it ends. */
  private Duration silence() {
    return settings.timeout().plusSeconds(5);
  }

  @Bean
  BackgroundLoop modelCatalogLoop(Providers providers) {
    var checks = providers.all().stream().map(Provider::catalog).toList();
    return new BackgroundLoop(
        "model-catalog", settings.readModelsEvery(), new CatalogRound(checks));
  }

  /** Reads the catalogue of one provider after the other. */
  private record CatalogRound(List<ModelCatalogCheck> checks) implements LoopRound {
    @Override
    public boolean run() {
      checks.forEach(ModelCatalogCheck::run);
      return false;
    }

    @Override
    public void wakeUp() {
      checks.forEach(ModelCatalogCheck::wakeUp);
    }
  }
}
