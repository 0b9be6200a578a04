package dev.darkroom.ledger.log;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts of settled rows, of the filters that were asked for last. Now and then each is counted
 * anew, beside the requests, in case somebody changed old rows by hand.
 */
final class RememberedCounts {
  private static final Logger log = LoggerFactory.getLogger(RememberedCounts.class);

  /** Goes on counting where another count has ended. */
  interface CountOn {
    SettledCount count(LogFilter filter, SettledCount from, OffsetDateTime until);
  }

  private final int filters;
  private final CountOn counting;
  private final long recountAfterNanos;

  /** One at a time, so that requests always find a connection. */
  private final AtomicBoolean recounting = new AtomicBoolean();

  private final LinkedHashMap<LogFilter, Remembered> byFilter =
      new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param filters so many at most are remembered
   */
  RememberedCounts(int filters, CountOn counting, Duration recountAfter) {
    this.filters = filters;
    this.counting = counting;
    this.recountAfterNanos = recountAfter.toNanos();
  }

  /** The count up to the given time, or up to a later one if it is known already. */
  SettledCount upTo(LogFilter filter, OffsetDateTime until) {
    return of(filter).upTo(until);
  }

  private Remembered of(LogFilter filter) {
    synchronized (byFilter) {
      var remembered = byFilter.computeIfAbsent(filter, Remembered::new);
      if (byFilter.size() > filters) {
        byFilter.pollFirstEntry();
      }
      return remembered;
    }
  }

  /** Those who ask for the same filter at once wait for one of them to count. */
  private final class Remembered {
    private final LogFilter filter;
    private SettledCount count;
    private long countedFromScratch = System.nanoTime();

    Remembered(LogFilter filter) {
      this.filter = filter;
      this.count = SettledCount.none(filter);
    }

    synchronized SettledCount upTo(OffsetDateTime until) {
      count = counting.count(filter, count, until);
      if (System.nanoTime() - countedFromScratch >= recountAfterNanos
          && recounting.compareAndSet(false, true)) {
        var _ = Thread.ofPlatform().daemon().name("recount-logs").start(() -> recount(until));
      }
      return count;
    }

    private void recount(OffsetDateTime until) {
      try {
        replace(counting.count(filter, SettledCount.none(filter), until));
      } catch (RuntimeException e) {
        log.atInfo()
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log("log rows could not be counted anew; it is tried again when they are asked for");
      } finally {
        recounting.set(false);
      }
    }

    private synchronized void replace(SettledCount anew) {
      count = anew;
      countedFromScratch = System.nanoTime();
    }
  }
}
