package dev.darkroom.gateway.access.required;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Stands still, but for what a test says. */
public final class SettableClock extends Clock {
  private volatile Instant now = Instant.now();

  public void advance(Duration time) {
    now = now.plus(time);
  }

  /** For what measures durations. */
  long nanos() {
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
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
    return this;
  }
}
