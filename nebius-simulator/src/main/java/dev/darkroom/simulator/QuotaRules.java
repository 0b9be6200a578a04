package dev.darkroom.simulator;

import java.time.Duration;

/**
 * How many requests a minute Nebius grants; its documentation ("Rate Limits &amp; Scaling") gives
 * the numbers, but not how a minute is counted.
 *
 * @param base requests per minute at first, and never less than that
 * @param counting how a minute is counted
 */
public record QuotaRules(int base, Counting counting) {
  static final Duration WINDOW = Duration.ofMinutes(15);
  static final double BUSY = 0.8;
  static final double QUIET = 0.5;
  static final double GROWTH = 1.2;
  static final double SHRINKAGE = 1.5;
  static final double CEILING = 20;

  /** What "per minute" may mean. */
  public enum Counting {
    /**
     * Never more than the limit in any sixty seconds. The strictest of the three, so the default:
     * whoever keeps to it keeps to the other two as well.
     */
    ANY_MINUTE,
    /** Never more than the limit between one full minute and the next. */
    CLOCK_MINUTE,
    /** A bucket that holds as many as a minute grants, and is filled evenly. */
    TOKEN_BUCKET
  }

  public QuotaRules {
    if (base < 1) {
      throw new IllegalArgumentException("a quota grants at least 1 request per minute");
    }
  }

  public static QuotaRules perMinute(int base) {
    return new QuotaRules(base, Counting.ANY_MINUTE);
  }

  public QuotaRules counting(Counting other) {
    return new QuotaRules(base, other);
  }

  /** The limit of the next window, after one in which this share was used. */
  double next(double limit, double share) {
    if (share >= BUSY) {
      return Math.min(limit * GROWTH, base * CEILING);
    }
    return share <= QUIET ? Math.max(limit / SHRINKAGE, base) : limit;
  }
}
