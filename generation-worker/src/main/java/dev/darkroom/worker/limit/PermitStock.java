package dev.darkroom.worker.limit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The permits of one worker, and what it has to tell when it asks for the next ones. It reads no
 * clock: every time is handed in, in nanoseconds of one that never jumps. A worker's permits lapse
 * here before they do in the book, as this clock starts with the question and that one with the
 * answer.
 *
 * <p>Not safe for several threads.
 */
final class PermitStock {
  static final long NEVER = Long.MAX_VALUE;

  /** Calls that leave no room for others are told after this time, all at once. */
  private static final long SETTLE_AFTER = TimeUnit.MILLISECONDS.toNanos(250);

  private static final long RETRY_AFTER = TimeUnit.SECONDS.toNanos(1);
  private static final long REST = TimeUnit.SECONDS.toNanos(5);
  private static final double SCARCE = 0.95;

  private final String worker;
  private int permits;
  private int granted;
  private long from;
  private long until;
  private int spent;
  private @Nullable Told told;
  private @Nullable Refused refused;
  private boolean inLine;
  private boolean scarce;
  private boolean asking;
  private long turn;
  private long askedAt;
  private long notBefore;
  private long wantAgainAt;

  private record Told(int limit, int remaining, long begun) {}

  private record Refused(Duration retryAfter, long begun) {}

  PermitStock(String worker, long now) {
    this.worker = worker;
    this.askedAt = now;
    this.notBefore = now;
    this.wantAgainAt = now;
  }

  /** Permits for calls that may be begun now. */
  int usable(long now) {
    return permits > 0 && now - from >= 0 && now - until < 0 ? permits : 0;
  }

  /** Also calls for which the permit lapsed a moment ago: they are made, so they are told. */
  void spend(int calls) {
    permits = Math.max(0, permits - calls);
    spent += calls;
  }

  /** A reply to a call that began at that time. */
  void told(int limit, int remaining, long begun) {
    if (told == null) {
      told = new Told(limit, remaining, begun);
      return;
    }
    var least =
        remaining < 0 || told.remaining < 0
            ? Math.max(remaining, told.remaining)
            : Math.min(remaining, told.remaining);
    var latest = told.limit == 0 || (limit > 0 && begun - told.begun >= 0);
    told = latest ? new Told(limit, least, begun) : new Told(told.limit, least, told.begun);
  }

  /** A 429 for a call that began at that time. */
  void refused(Duration retryAfter, long begun) {
    var longer =
        refused != null && refused.retryAfter.compareTo(retryAfter) > 0
            ? refused.retryAfter
            : retryAfter;
    refused = new Refused(longer, refused == null ? begun : Math.max(begun, refused.begun));
  }

  /**
   * How long until the book has to be asked; nothing or less for now, {@link #NEVER} as long as
   * nothing happens.
   *
   * @param free calls that could be begun if they were permitted
   */
  long askIn(long now, int free) {
    if (asking) {
      return NEVER;
    }
    var in = dueIn(now, free);
    return in == NEVER ? NEVER : Math.max(in, notBefore - now);
  }

  private long dueIn(long now, int free) {
    if (refused != null) {
      return 0;
    }
    if (permits > 0) {
      return until - now;
    }
    if (inLine) {
      // whoever can't use its turn yet, for a pause that is about to end, does not lose it at once
      return turn - now + (free > 0 ? 0 : RETRY_AFTER);
    }
    if (free > 0) {
      return wantAgainAt - now;
    }
    return spent > 0 ? askedAt + SETTLE_AFTER - now : NEVER;
  }

  /**
   * How long until permits become usable that are already here; {@link #NEVER} if there are none.
   */
  long usableIn(long now) {
    return permits > 0 && now - from < 0 ? from - now : NEVER;
  }

  /** What to ask; permits that were not used are given back with it. */
  Ask ask(long now, int free) {
    var idle = permits > 0 && permits == granted && now - until >= 0;
    if (idle && scarce) {
      wantAgainAt = now + REST; // others need them more
    }
    var wanted = now - wantAgainAt >= 0 ? free : 0;
    var ask = new Ask(worker, spent, wanted, news(now));
    permits = 0;
    spent = 0;
    told = null;
    refused = null;
    askedAt = now;
    asking = true;
    return ask;
  }

  private News news(long now) {
    return new News(
        told == null ? null : new News.Told(told.limit, told.remaining, millis(now - told.begun)),
        refused == null
            ? null
            : new News.Refused(refused.retryAfter.toMillis(), millis(now - refused.begun)));
  }

  /** The answer to what was asked last. */
  void granted(Grant grant) {
    asking = false;
    permits = grant.permits();
    granted = permits;
    inLine = permits == 0 && grant.startsIn() > 0;
    from = askedAt + nanos(grant.startsIn());
    turn = from;
    until = from + nanos(grant.goodFor());
    scarce = grant.used() >= grant.limit() * SCARCE;
  }

  /** There was no answer. What was told is told again, and nothing is permitted meanwhile. */
  void failed(Ask ask, long now) {
    asking = false;
    inLine = false;
    spent += ask.spent();
    notBefore = now + RETRY_AFTER;
    var heard = ask.news().refused();
    if (heard != null) {
      refused(Duration.ofMillis(heard.retryAfter()), askedAt - nanos(heard.age()));
    }
  }

  boolean inLine() {
    return inLine;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
