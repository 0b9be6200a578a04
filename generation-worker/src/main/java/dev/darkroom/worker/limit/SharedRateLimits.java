package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The limits that all workers share, one for each provider that has one. */
final class SharedRateLimits implements CallLimits {
  private final RateLimitStore store;
  private final Clock clock;
  private final MeterRegistry meters;
  private final List<SharedRateLimiter> limiters = new CopyOnWriteArrayList<>();

  SharedRateLimits(RateLimitStore store, Clock clock, MeterRegistry meters) {
    this.store = store;
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public CallPermits of(String provider, int requestsPerMinute) {
    var throttled =
        Counter.builder("darkroom.nebius.throttled")
            .description("Calls that a provider answered with 429")
            .tag("provider", provider)
            .register(meters);
    if (requestsPerMinute == 0) {
      return new UnlimitedCalls(throttled);
    }
    var permits = new StoredPermits(store, provider, requestsPerMinute);
    var limiter = new SharedRateLimiter(permits, System::nanoTime, clock, throttled);
    Gauge.builder("darkroom.nebius.limit", limiter, SharedRateLimiter::limit)
        .description("Calls per minute of all workers")
        .tag("provider", provider)
        .register(meters);
    limiters.add(limiter);
    return limiter;
  }

  /** One round of the loop that fetches permits. */
  boolean refill() {
    limiters.forEach(SharedRateLimiter::refill);
    return false;
  }
}
