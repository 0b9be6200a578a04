package dev.darkroom.gateway.submit;

import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Draws the seed of a request that names none. */
@Component
final class DrawSeed {
  /** Every model takes seeds below this. */
  private static final long BOUND = 1L << 31;

  private final RandomGenerator random;

  DrawSeed(RandomGenerator random) {
    this.random = random;
  }

  long draw() {
    return random.nextLong(BOUND);
  }
}
