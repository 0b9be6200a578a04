package dev.darkroom.benchmarks.stand;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what gives no sign, for a limited time. */
public final class Await {
  private Await() {}

  /**
   * Asks again and again until the answer is yes.
   *
   * @throws IllegalStateException if it is not within the time given
   */
  public static void until(String what, Duration atMost, Duration pause, Callable<Boolean> reached)
      throws Exception {
    long giveUp = System.nanoTime() + atMost.toNanos();
    while (!reached.call()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new IllegalStateException(
            "timed out after %d s: %s".formatted(atMost.toSeconds(), what));
      }
      Thread.sleep(pause);
    }
  }
}
