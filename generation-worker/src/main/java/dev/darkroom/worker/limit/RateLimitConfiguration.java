package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shares the limit, where one is set. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RateLimitSettings.class)
class RateLimitConfiguration {
  private static final String PROVIDER = "nebius";
  private static final Duration REFILL = Duration.ofMillis(50);

  @Bean
  CallPermits callPermits(
      RateLimitSettings settings, RateLimitStore store, Clock clock, MeterRegistry meters) {
    var throttled =
        Counter.builder("darkroom.nebius.throttled")
            .description("Calls that Nebius answered with 429")
            .register(meters);
    if (!settings.isLimited()) {
      return new UnlimitedCalls(throttled);
    }
    var permits = new StoredPermits(store, PROVIDER, settings.requestsPerMinute());
    var limiter = new SharedRateLimiter(permits, System::nanoTime, clock, throttled);
    Gauge.builder("darkroom.nebius.limit", limiter, SharedRateLimiter::limit)
        .description("Calls per minute of all workers")
        .register(meters);
    return limiter;
  }

  @Bean
  @ConditionalOnProperty("darkroom.nebius.requests-per-minute")
  BackgroundLoop refillPermits(CallPermits permits) {
    return new BackgroundLoop(
        "refill-permits", REFILL, () -> permits instanceof SharedRateLimiter it && it.refill());
  }
}
