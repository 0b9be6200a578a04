package dev.darkroom.picture;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test moves. */
public final class TestingClock extends Clock {
  private volatile Instant now;
  private volatile Duration passed = Duration.ZERO;

  public TestingClock(Instant now) {
    this.now = now;
  }

  public void pass(Duration time) {
    now = now.plus(time);
    passed = passed.plus(time);
  }

  /** Puts it forward or back, while no time passes. */
  public void correct(Duration by) {
    now = now.plus(by);
  }

  /** As {@link System#nanoTime()} counts. */
  public long nanoTime() {
    return passed.toNanos();
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
