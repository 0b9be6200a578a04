package dev.darkroom.simulator;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a picture takes: {@code fixed} plus a share of {@code jitter}, evenly distributed. */
public record Latency(Duration fixed, Duration jitter) {
  public static final Latency NONE = of(Duration.ZERO);

  public Latency {
    if (fixed.isNegative() || jitter.isNegative()) {
      throw new IllegalArgumentException("latency and jitter cannot be negative");
    }
  }

  public static Latency of(Duration fixed) {
    return new Latency(fixed, Duration.ZERO);
  }

  Duration draw(RandomGenerator dice) {
    return fixed.plusNanos((long) (jitter.toNanos() * dice.nextDouble()));
  }
}
