package dev.darkroom.simulator;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * The quota of one key: requests per minute, which grow where they are used and shrink where they
 * are not, judged every quarter of an hour. It has no time of its own, so that hours pass in
 * seconds where the clock is moved by hand.
 */
public final class RequestQuota {
  private final QuotaRules rules;
  private final Clock clock;
  private final MinuteCount count;
  private double limit;
  private long windowEnd;
  private long usedInWindow;
  private double grantedBefore;
  private long used;
  private long refused;

  public RequestQuota(QuotaRules rules, Clock clock) {
    this.rules = rules;
    this.clock = clock;
    this.count = MinuteCount.of(rules.counting());
    this.limit = rules.base();
    this.windowEnd = clock.millis() + QuotaRules.WINDOW.toMillis();
  }

  /**
   * What a request hears.
   *
   * @param limit requests per minute
   * @param remaining how many may still come
   * @param reset how long until as many may come as after a pause
   * @param retryAfter how long until one may come; zero where this one was admitted
   */
  public record Verdict(
      boolean admitted, int limit, int remaining, Duration reset, Duration retryAfter) {

    /** As they are sent with every reply. */
    public Map<String, String> headers() {
      return Map.of(
          "x-ratelimit-limit-requests", Integer.toString(limit),
          "x-ratelimit-remaining-requests", Integer.toString(remaining),
          "x-ratelimit-reset-requests", roundedUp(reset) + "s");
    }

    static long roundedUp(Duration time) {
      return time.plusNanos(999_999_999).toSeconds();
    }
  }

  /** Admits a request, and counts it, or refuses it; what is refused does not count. */
  public synchronized Verdict admit() {
    var now = clock.millis();
    var perMinute = perMinute(now);
    var remaining = count.remaining(perMinute, now);
    if (remaining == 0) {
      refused++;
      var wait = Duration.ofMillis(Math.max(1, count.untilNext(perMinute, now)));
      return verdict(false, 0, wait, now);
    }
    count.take(now);
    used++;
    usedInWindow++;
    return verdict(true, remaining - 1, Duration.ZERO, now);
  }

  private Verdict verdict(boolean admitted, int remaining, Duration retryAfter, long now) {
    var reset = Duration.ofMillis(count.untilReset((int) limit, now));
    return new Verdict(admitted, (int) limit, remaining, reset, retryAfter);
  }

  /** Requests per minute that are granted now. */
  public synchronized int limit() {
    return perMinute(clock.millis());
  }

  /** Requests that were admitted. */
  public synchronized long used() {
    return used;
  }

  /** Requests that were answered with 429. */
  public synchronized long refused() {
    return refused;
  }

  /** Requests that could have been admitted, had they come evenly from the beginning. */
  public synchronized double granted() {
    var now = clock.millis();
    var current = perMinute(now);
    var begun = windowEnd - QuotaRules.WINDOW.toMillis();
    return grantedBefore + (double) current * (now - begun) / MinuteCount.MINUTE;
  }

  private int perMinute(long now) {
    while (now >= windowEnd) {
      var granted = (double) (int) limit * QuotaRules.WINDOW.toMinutes();
      grantedBefore += granted;
      limit = rules.next(limit, usedInWindow / granted);
      usedInWindow = 0;
      windowEnd += QuotaRules.WINDOW.toMillis();
    }
    return (int) limit;
  }
}
