package dev.darkroom.gateway.provider;

import dev.darkroom.ledger.statistics.RecentAttempts;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Reads from the ledger whether pictures can be made now. The gateway never calls Nebius. */
@Component
public final class ProviderWatch {
  private static final Duration LATELY = Duration.ofMinutes(5);
  private static final Duration LONG_AGO = Duration.ofDays(1);
  private static final int ATTEMPTS = 20;
  private static final long HOLDS = Duration.ofSeconds(1).toNanos();

  private final RecentAttempts ledger;
  private final ProviderSettings settings;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Known known;

  ProviderWatch(RecentAttempts ledger, ProviderSettings settings) {
    this.ledger = ledger;
    this.settings = settings;
  }

  private record Known(ProviderState state, long at) {}

  /** Whom the workers call. */
  public ProviderName name() {
    return settings.name();
  }

  /** A second old at most: many ask for their jobs at once. */
  public ProviderState recently() {
    var last = known;
    if (last != null && System.nanoTime() - last.at() <= HOLDS) {
      return last.state();
    }
    var before = last == null ? ProviderState.fine(ProviderState.State.IDLE) : last.state();
    if (!asking.tryLock()) {
      return before;
    }
    try {
      return now();
    } catch (DataAccessException e) { // a job can be shown without it
      known = new Known(before, System.nanoTime());
      return before;
    } finally {
      asking.unlock();
    }
  }

  /** As of now. */
  public ProviderState now() {
    var state = read();
    known = new Known(state, System.nanoTime());
    return state;
  }

  /** While jobs wait, what was heard last still holds, however long ago that was. */
  private ProviderState read() {
    var activity = ledger.activity();
    var latest = ledger.latest(LATELY, ATTEMPTS);
    var heard = latest.isEmpty() && activity.open() ? ledger.latest(LONG_AGO, 1) : latest;
    return JudgeNebius.by(heard, activity);
  }
}
