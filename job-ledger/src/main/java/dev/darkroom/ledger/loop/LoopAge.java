package dev.darkroom.ledger.loop;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * How long ago a background loop last came through a round without an error, as a gauge. A loop
 * that has died, hangs or fails grows old.
 */
public final class LoopAge {
  private static final long NEVER = Long.MIN_VALUE;

  private final String loop;
  private volatile long lastSuccess = NEVER;

  /**
   * The age of one loop, which has not begun.
   *
   * @param loop its name, as its thread has it
   */
  public LoopAge(String loop) {
    this.loop = loop;
  }

  public void register(MeterRegistry meters) {
    Gauge.builder("darkroom.loop.age", this, LoopAge::seconds)
        .description("Time since the last round of a background loop that succeeded")
        .baseUnit("seconds")
        .tag("loop", loop)
        .register(meters);
  }

  /** The loop has come through a round, or begins with its first. */
  public void succeeded() {
    lastSuccess = System.nanoTime();
  }

  /** Not a number where it has not begun. */
  private double seconds() {
    var last = lastSuccess;
    return last == NEVER ? Double.NaN : (System.nanoTime() - last) / 1e9;
  }
}
