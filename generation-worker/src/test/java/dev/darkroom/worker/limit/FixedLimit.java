package dev.darkroom.worker.limit;

import java.util.concurrent.TimeUnit;

/** What the limit is compared with: so many calls a minute, evenly, whatever Nebius says. */
final class FixedLimit implements SimulatedFleet.Answers {
  private final VirtualClock clock;
  private final int perMinute;
  private long next;

  FixedLimit(VirtualClock clock, int perMinute) {
    this.clock = clock;
    this.perMinute = perMinute;
  }

  @Override
  public Grant answer(Ask ask) {
    if (ask.wanted() == 0) {
      return new Grant(0, 0, 0, perMinute, 0, 0);
    }
    var now = TimeUnit.NANOSECONDS.toMillis(clock.nanos());
    var from = Math.max(now, next);
    next = from + 60_000 / perMinute;
    return new Grant(1, from - now, 5_000, perMinute, 0, 0);
  }
}
