package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.OpenQuotaBook;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shares the limit, where one is set. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QuotaSettings.class)
class QuotaConfiguration {
  private static final String BOOK = "nebius";

  @Bean
  CallPermits callPermits(
      QuotaSettings settings, OpenQuotaBook ledger, Clock clock, MeterRegistry meters) {
    var throttled =
        Counter.builder("darkroom.nebius.throttled")
            .description("Calls that Nebius answered with 429")
            .register(meters);
    if (!settings.isLimited()) {
      return new UnlimitedCalls(throttled);
    }
    var quota = new ShareQuota(ledger.named(BOOK, Quota.class), settings.requestsPerMinute());
    // a name for each run: a worker that is started again leaves alone what the one before it had
    return new SharedPermits(quota, UUID.randomUUID().toString(), clock, throttled);
  }

  @Bean
  KeepPermits keepPermits(CallPermits permits, MeterRegistry meters) {
    gauge(
        meters,
        "darkroom.nebius.limit",
        "Calls per minute of all workers",
        permits,
        SharedPermits::limit);
    gauge(
        meters,
        "darkroom.nebius.use",
        "Calls that all workers made in the last minute",
        permits,
        SharedPermits::used);
    return new KeepPermits(permits);
  }

  private static void gauge(
      MeterRegistry meters,
      String name,
      String description,
      CallPermits permits,
      ToDoubleFunction<SharedPermits> value) {
    Gauge.builder(
            name,
            permits,
            some -> some instanceof SharedPermits shared ? value.applyAsDouble(shared) : Double.NaN)
        .description(description)
        .register(meters);
  }
}
