package dev.darkroom.worker.limit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/** A clock that stands still until it is moved. */
final class VirtualClock extends Clock {
  private Instant now = Instant.parse("2126-11-22T12:00:17.250Z");

  synchronized void moveTo(Instant later) {
    now = later;
  }

  synchronized void pass(Duration time) {
    now = now.plus(time);
  }

  /** As {@link System#nanoTime()}. */
  long nanos() {
    var instant = instant();
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  @Override
  public synchronized Instant instant() {
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
