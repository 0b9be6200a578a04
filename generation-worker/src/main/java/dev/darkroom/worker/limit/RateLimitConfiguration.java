package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Shares the limits, where any are set. */
@Configuration(proxyBeanMethods = false)
class RateLimitConfiguration {
  private static final Duration REFILL = Duration.ofMillis(50);

  /** As {@code darkroom.providers} allows. */
  private static final int MOST_PROVIDERS = 16;

  @Bean
  SharedRateLimits callLimits(RateLimitStore store, Clock clock, MeterRegistry meters) {
    return new SharedRateLimits(store, clock, meters);
  }

  @Bean
  @Conditional(AnyLimit.class)
  BackgroundLoop refillPermits(SharedRateLimits limits) {
    return new BackgroundLoop("refill-permits", REFILL, limits::refill);
  }

  /** Without one there is nothing to fetch. */
  static final class AnyLimit implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      var settings = context.getEnvironment();
      return settings.containsProperty("darkroom.nebius.requests-per-minute")
          || IntStream.range(0, MOST_PROVIDERS)
              .mapToObj("darkroom.providers[%d].requests-per-minute"::formatted)
              .anyMatch(settings::containsProperty);
    }
  }
}
