package dev.darkroom.simulator;

import java.util.ArrayDeque;

/** Counts requests against a limit per minute; one for each way to count. Times are in ms. */
sealed interface MinuteCount {
  long MINUTE = 60_000;

  static MinuteCount of(QuotaRules.Counting counting) {
    return switch (counting) {
      case ANY_MINUTE -> new AnyMinute();
      case CLOCK_MINUTE -> new ClockMinute();
      case TOKEN_BUCKET -> new TokenBucket();
    };
  }

  /** How many requests may come now. */
  int remaining(int limit, long now);

  /** Takes one of those that remain. */
  void take(long now);

  /** How long until one may come, where none remains. */
  long untilNext(int limit, long now);

  /** How long until as many may come as after a minute without any. */
  long untilReset(int limit, long now);

  final class AnyMinute implements MinuteCount {
    private final ArrayDeque<Long> taken = new ArrayDeque<>();

    @Override
    public int remaining(int limit, long now) {
      while (!taken.isEmpty() && taken.getFirst() <= now - MINUTE) {
        taken.removeFirst();
      }
      return Math.max(0, limit - taken.size());
    }

    @Override
    public void take(long now) {
      taken.addLast(now);
    }

    @Override
    public long untilNext(int limit, long now) {
      // more than one too many, if the limit has shrunk
      return taken.stream().skip(Math.max(0, taken.size() - limit)).findFirst().orElse(now)
          + MINUTE
          - now;
    }

    @Override
    public long untilReset(int limit, long now) {
      return taken.isEmpty() ? 0 : taken.getLast() + MINUTE - now;
    }
  }

  final class ClockMinute implements MinuteCount {
    private long minute;
    private int taken;

    @Override
    public int remaining(int limit, long now) {
      if (now / MINUTE != minute) {
        minute = now / MINUTE;
        taken = 0;
      }
      return Math.max(0, limit - taken);
    }

    @Override
    public void take(long now) {
      taken++;
    }

    @Override
    public long untilNext(int limit, long now) {
      return untilReset(limit, now);
    }

    @Override
    public long untilReset(int limit, long now) {
      return MINUTE - now % MINUTE;
    }
  }

  final class TokenBucket implements MinuteCount {
    private double missing;
    private long filledAt;

    @Override
    public int remaining(int limit, long now) {
      missing = Math.max(0, missing - (double) (now - filledAt) * limit / MINUTE);
      filledAt = now;
      return Math.max(0, (int) Math.floor(limit - missing));
    }

    @Override
    public void take(long now) {
      missing++;
    }

    @Override
    public long untilNext(int limit, long now) {
      return (long) Math.ceil((missing + 1 - limit) * MINUTE / limit);
    }

    @Override
    public long untilReset(int limit, long now) {
      return (long) Math.ceil(missing * MINUTE / limit);
    }
  }
}
