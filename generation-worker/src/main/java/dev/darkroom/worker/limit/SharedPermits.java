package dev.darkroom.worker.limit;

import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This worker's part of the limit that all workers share. */
final class SharedPermits implements CallPermits {
  private static final Logger log = LoggerFactory.getLogger(SharedPermits.class);

  /** The way to Nebius may open again without a sign. */
  private static final long LONGEST_WAIT = 500;

  private static final double WORTH_A_LINE = 0.05;

  private final ShareQuota quota;
  private final PermitStock stock;
  private final Clock clock;
  private final Counter throttled;
  private IntSupplier free = () -> 0;
  private Runnable more = () -> {};
  private volatile @Nullable Grant latest;
  private volatile Instant heldUntil = Instant.MIN;
  private volatile boolean answered = true;
  private double loggedLimit;

  SharedPermits(ShareQuota quota, String worker, Clock clock, Counter throttled) {
    this.quota = quota;
    this.stock = new PermitStock(worker, System.nanoTime());
    this.clock = clock;
    this.throttled = throttled;
  }

  @Override
  public boolean limited() {
    return true;
  }

  @Override
  public int inStock() {
    synchronized (stock) {
      return stock.usable(System.nanoTime());
    }
  }

  @Override
  public void spend(int calls) {
    synchronized (stock) {
      stock.spend(calls);
      stock.notifyAll();
    }
  }

  @Override
  public void heard(int status, Headers headers, long begunNanos) {
    var limit = ReadHeaders.limit(headers);
    var remaining = ReadHeaders.remaining(headers);
    synchronized (stock) {
      if (limit.isPresent() || remaining.isPresent()) {
        stock.told(limit.orElse(0), remaining.orElse(-1), begunNanos);
      }
      if (status == ReadHeaders.TOO_MANY_REQUESTS) {
        stock.refused(ReadHeaders.retryAfter(headers, clock), begunNanos);
        throttled.increment();
        stock.notifyAll();
      }
    }
  }

  @Override
  public void serve(IntSupplier whoIsFree, Runnable whenMore) {
    synchronized (stock) {
      free = whoIsFree;
      more = whenMore;
      stock.notifyAll();
    }
  }

  @Override
  public void slotFreed() {
    synchronized (stock) {
      stock.notifyAll();
    }
  }

  /** Waits until there is something to do, and does it. */
  void keep() throws InterruptedException {
    if (awaitAsk()) {
      ask(free.getAsInt());
    }
    more.run();
  }

  /** False when it is time to use permits that have been granted for now. */
  private boolean awaitAsk() throws InterruptedException {
    synchronized (stock) {
      while (true) {
        var now = System.nanoTime();
        var askIn = stock.askIn(now, free.getAsInt());
        if (askIn <= 0) {
          return true;
        }
        var usableIn = stock.usableIn(now);
        stock.wait(Math.clamp(millisUp(Math.min(askIn, usableIn)), 1, LONGEST_WAIT));
        if (usableIn != PermitStock.NEVER && stock.usable(System.nanoTime()) > 0) {
          return false;
        }
      }
    }
  }

  /** Gives back what is here, so that others need not wait until it lapses. */
  void giveBack() {
    ask(0);
  }

  private void ask(int wanted) {
    Ask ask;
    synchronized (stock) {
      ask = stock.ask(System.nanoTime(), wanted);
    }
    try {
      var grant = quota.answer(ask);
      synchronized (stock) {
        stock.granted(grant);
      }
      tell(ask, grant);
    } catch (RuntimeException e) {
      synchronized (stock) {
        stock.failed(ask, System.nanoTime());
      }
      if (answered) {
        log.atWarn()
            .addKeyValue("reason", e.toString())
            .log("the quota can't be shared; no calls are made until the ledger answers");
      }
      answered = false;
    }
  }

  private void tell(Ask ask, Grant grant) {
    var held = grant.permits() > 0 ? 0 : Math.max(grant.pausedFor(), grant.startsIn());
    heldUntil = held == 0 ? Instant.MIN : clock.instant().plusMillis(held);
    latest = grant;
    answered = true;
    if (Math.abs(grant.limit() - loggedLimit) >= loggedLimit * WORTH_A_LINE) {
      log.atInfo()
          .addKeyValue("from", rounded(loggedLimit))
          .addKeyValue("to", rounded(grant.limit()))
          .addKeyValue("used", grant.used())
          .addKeyValue("reason", reason(ask, grant))
          .log("the limit of calls per minute changed, for all workers");
      loggedLimit = grant.limit();
    }
  }

  private String reason(Ask ask, Grant grant) {
    if (loggedLimit == 0) {
      return "this worker starts";
    }
    if (ask.news().refused() != null || grant.pausedFor() > 0) {
      return "Nebius answered 429";
    }
    return grant.limit() > loggedLimit ? "there is room" : "Nebius grants less";
  }

  /** Calls per minute; not a number as long as nobody has said. */
  double limit() {
    var grant = latest;
    return grant == null || !answered ? Double.NaN : grant.limit();
  }

  /** Calls of all workers in the last minute. */
  double used() {
    var grant = latest;
    return grant == null || !answered ? Double.NaN : grant.used();
  }

  @Override
  public String state() {
    var grant = latest;
    if (!answered || grant == null) {
      return "paused until the ledger answers, which holds the limit of all workers";
    }
    var use = grant.used() + " of " + rounded(grant.limit()) + " calls per minute are used";
    if (!clock.instant().isBefore(heldUntil)) {
      return use;
    }
    var why = grant.pausedFor() > 0 ? "Nebius answered 429" : use;
    return "paused by quota until " + heldUntil + ": " + why;
  }

  private static String rounded(double limit) {
    return String.format(Locale.ROOT, "%.0f", limit);
  }

  private static long millisUp(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(Math.min(nanos, Duration.ofDays(1).toNanos())) + 1;
  }
}
