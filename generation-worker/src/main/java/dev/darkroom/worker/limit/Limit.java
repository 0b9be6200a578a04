package dev.darkroom.worker.limit;

/**
 * How many calls a minute are right: what Nebius says, as soon as it has said it; otherwise found
 * out by going up a little at a time (additively), and down by a factor with each 429. Times are in
 * ms since the epoch.
 *
 * @param start the setting
 * @param now calls per minute
 * @param told what Nebius says it grants; 0 as long as it has not said
 * @param toldAsOf when the call began that heard it
 * @param least the least that Nebius said remained in the last minute or so; -1 if it does not say
 * @param leastAsOf when it was heard
 * @param refused the limit under which a 429 came last; 0 when that is past
 * @param refusedAt when it came
 * @param climbedAt until when it has gone up
 * @param windowBegan the quarter of an hour that runs; Nebius judges such windows, though not
 *     exactly these
 * @param usedInWindow calls in it
 */
record Limit(
    int start,
    double now,
    double told,
    long toldAsOf,
    int least,
    long leastAsOf,
    double refused,
    long refusedAt,
    long climbedAt,
    long windowBegan,
    long usedInWindow) {
  private static final long MINUTE = 60_000;
  private static final long WINDOW = 15 * MINUTE;
  private static final long PROBE_AFTER = 5 * MINUTE;

  /** For so long permits may be on their way from the book to Nebius. */
  private static final long ON_THE_WAY = 3_000;

  private static final double DECREASE = 0.9;
  private static final double QUIET = 0.5;
  private static final double SHRINKAGE = 1.5;
  private static final int CEILING = 20;

  static Limit startingAt(int start, long time) {
    return new Limit(start, start, 0, 0, -1, 0, 0, 0, time, time, 0);
  }

  /** Whole calls in a minute. */
  int calls() {
    return Math.max(1, (int) Math.floor(now + 1e-6));
  }

  /** After calls; and after windows that went by with few of them, for which Nebius takes away. */
  Limit used(int calls, long time) {
    var limit = this;
    while (time >= limit.windowBegan + WINDOW) {
      limit = limit.afterWindow();
    }
    return calls == 0 ? limit : limit.withWindow(limit.windowBegan, limit.usedInWindow + calls);
  }

  private Limit afterWindow() {
    var next = withWindow(windowBegan + WINDOW, 0);
    if (usedInWindow > now * (WINDOW / MINUTE) * QUIET || now <= start) {
      return next;
    }
    var less = Math.max(start, now / SHRINKAGE);
    return next.withNow(less).withTold(told == 0 ? 0 : less, toldAsOf);
  }

  /** Nebius has said how many it grants, or how many remain. */
  Limit told(News.Told news, long time) {
    var limit = this;
    var began = time - news.age();
    if (news.limit() > 0 && began >= toldAsOf) {
      limit = withTold(news.limit(), began).withNow(Math.min(now, news.limit()));
      limit = news.limit() > told ? limit.withRefused(0, refusedAt) : limit;
    }
    if (news.remaining() >= 0
        && (least < 0 || news.remaining() <= least || time - leastAsOf > MINUTE)) {
      limit = limit.withLeast(news.remaining(), time);
    }
    return limit;
  }

  /** A 429. One of a call that was permitted before the limit last went down says nothing new. */
  Limit refused(News.Refused news, long time) {
    if (time - news.age() <= refusedAt + ON_THE_WAY) {
      return this;
    }
    return withRefused(now, time).withNow(Math.max(1, now * DECREASE)).climbedAt(time);
  }

  /**
   * Goes up for the time that has passed since it last did.
   *
   * @param busy whether the calls of the last minute are near the limit: what nobody needs can't be
   *     found out
   */
  Limit climb(boolean busy, long time) {
    var seconds = Math.min(time - climbedAt, 10_000) / 1000.0;
    var top = top(busy, time);
    if (top <= now) {
      return climbedAt(time);
    }
    var higher = withNow(Math.min(top, now + perSecond() * seconds)).climbedAt(time);
    return told > 0 && higher.now >= told ? higher.withRefused(0, refusedAt) : higher;
  }

  private double top(boolean busy, long time) {
    if (told > 0) {
      return told;
    }
    var exhausted = least >= 0 && time - leastAsOf <= MINUTE && least <= now * 0.01;
    var held = refused > 0 && time - refusedAt < PROBE_AFTER && !plentyRemains(time);
    return busy && !exhausted && !held ? (double) start * CEILING : now;
  }

  private boolean plentyRemains(long time) {
    return least > now * 0.05 && time - leastAsOf <= MINUTE;
  }

  /**
   * Within a minute up to what Nebius says it grants; where it has refused less than that, or says
   * nothing, in ten.
   */
  private double perSecond() {
    if (told > 0) {
      return refused > 0 ? told / 600 : told / 60;
    }
    return Math.max(start, refused) / (least > now * 0.05 ? 300 : 600);
  }

  private Limit withNow(double other) {
    return new Limit(
        start,
        other,
        told,
        toldAsOf,
        least,
        leastAsOf,
        refused,
        refusedAt,
        climbedAt,
        windowBegan,
        usedInWindow);
  }

  private Limit withTold(double other, long asOf) {
    return new Limit(
        start,
        now,
        other,
        asOf,
        least,
        leastAsOf,
        refused,
        refusedAt,
        climbedAt,
        windowBegan,
        usedInWindow);
  }

  private Limit withLeast(int other, long asOf) {
    return new Limit(
        start,
        now,
        told,
        toldAsOf,
        other,
        asOf,
        refused,
        refusedAt,
        climbedAt,
        windowBegan,
        usedInWindow);
  }

  private Limit withRefused(double other, long at) {
    return new Limit(
        start,
        now,
        told,
        toldAsOf,
        least,
        leastAsOf,
        other,
        at,
        climbedAt,
        windowBegan,
        usedInWindow);
  }

  private Limit climbedAt(long time) {
    return new Limit(
        start,
        now,
        told,
        toldAsOf,
        least,
        leastAsOf,
        refused,
        refusedAt,
        time,
        windowBegan,
        usedInWindow);
  }

  private Limit withWindow(long began, long used) {
    return new Limit(
        start, now, told, toldAsOf, least, leastAsOf, refused, refusedAt, climbedAt, began, used);
  }
}
