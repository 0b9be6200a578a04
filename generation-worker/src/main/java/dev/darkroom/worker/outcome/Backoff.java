package dev.darkroom.worker.outcome;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter, so that jobs that failed together don't come back together.
 */
final class Backoff {
  /** As steep as three steps of the other: the last of five attempts comes after a minute. */
  private static final int STEEP = 3;

  /** How much longer than others a job waits in the end whose attempts don't count. */
  private static final int FREE_OF_CHARGE = 10;

  private final IntervalFunction longest;
  private final IntervalFunction longestOfPatient;
  private final IntervalFunction longestUncounted;
  private final RandomGenerator random;

  Backoff(ReportSettings settings, RandomGenerator random) {
    this.longest =
        IntervalFunction.ofExponentialBackoff(settings.base(), settings.factor(), settings.cap());
    this.longestOfPatient =
        IntervalFunction.ofExponentialBackoff(
            settings.base(), Math.pow(settings.factor(), STEEP), settings.cap());
    this.longestUncounted =
        IntervalFunction.ofExponentialBackoff(
            settings.base(), settings.factor(), settings.cap().multipliedBy(FREE_OF_CHARGE));
    this.random = random;
  }

  /** The wait after the given attempt; the first is 1. */
  Duration after(int attempt) {
    return Duration.ofMillis(random.nextLong(longest.apply(attempt) + 1));
  }

  /**
   * The wait after an attempt that counts. Soon after the first, which may be chance; then so long
   * that an outage of a minute does not use all attempts up. At least half of the longest wait: a
   * short one would spend an attempt for nothing.
   */
  Duration patiently(int attempt) {
    var atMost = longestOfPatient.apply(attempt);
    return Duration.ofMillis(atMost - random.nextLong(atMost / 2 + 1));
  }

  /**
   * The same where neither the number of attempts nor the way to Nebius ends the repetition: longer
   * and longer, so that a job does not fill the log until its deadline.
   */
  Duration afterUncounted(int attempt) {
    return Duration.ofMillis(random.nextLong(longestUncounted.apply(attempt) + 1));
  }

  /** At least what was asked for, plus up to a second so that not everybody comes at once. */
  Duration notBefore(Duration asked) {
    return asked.plusMillis(random.nextLong(1000));
  }
}
