package dev.darkroom.gateway.provider;

import dev.darkroom.ledger.statistics.RecentAttempts;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reads from the ledger whether pictures can be made. The gateway never calls Nebius. */
@Component
public final class ProviderWatch {
  private static final Duration LATELY = Duration.ofMinutes(5);
  private static final Duration LONG_AGO = Duration.ofDays(1);
  private static final int ATTEMPTS = 20;
  private static final long HOLDS = Duration.ofSeconds(1).toNanos();

  private final RecentAttempts ledger;
  private final ProviderSettings settings;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable LatestState latest;

  ProviderWatch(RecentAttempts ledger, ProviderSettings settings) {
    this.ledger = ledger;
    this.settings = settings;
  }

  private record LatestState(ProviderState state, long at) {}

  public ProviderName name() {
    return settings.name();
  }

  /** Cached for a second; an outage keeps the last state. */
  public ProviderState recently() {
    var last = latest;
    if (last != null && System.nanoTime() - last.at() <= HOLDS) {
      return last.state();
    }
    var before = last == null ? ProviderState.fine(ProviderState.Availability.IDLE) : last.state();
    if (!asking.tryLock()) {
      return before;
    }
    try {
      return now();
    } catch (DataAccessException e) { // a job can be shown without this
      latest = new LatestState(before, System.nanoTime());
      return before;
    } finally {
      asking.unlock();
    }
  }

  /** As of now. */
  public ProviderState now() {
    var state = read();
    latest = new LatestState(state, System.nanoTime());
    return state;
  }

  /** While jobs wait, the last attempt counts, however old it is. */
  private ProviderState read() {
    var activity = ledger.activity();
    var lately = ledger.latest(LATELY, ATTEMPTS);
    var heard = lately.isEmpty() && activity.open() ? ledger.latest(LONG_AGO, 1) : lately;
    return new ProviderHealth(heard, activity).state();
  }
}
