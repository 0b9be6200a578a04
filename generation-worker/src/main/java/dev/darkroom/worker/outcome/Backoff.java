package dev.darkroom.worker.outcome;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter, so that jobs that failed together don't come back together.
 */
final class Backoff {
  /** Grows as fast as three steps of the other: the last of five attempts waits a minute. */
  private static final int STEEP = 3;

  /** How much longer a job whose attempts don't count waits in the end. */
  private static final int FREE_OF_CHARGE = 10;

  private final BackoffSettings settings;
  private final RandomGenerator random;

  Backoff(BackoffSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /** {@code base · factor^(attempt-1)}, at most {@code cap}, in milliseconds. */
  private long longest(int attempt, double factor, Duration cap) {
    var grown = (double) settings.base().toMillis() * Math.pow(factor, attempt - 1);
    return (long) Math.min(grown, (double) cap.toMillis());
  }

  /** The wait after the given attempt; the first is 1. */
  Duration after(int attempt) {
    return Duration.ofMillis(
        random.nextLong(longest(attempt, settings.factor(), settings.cap()) + 1));
  }

  /**
   * The wait after an attempt that counts. Short after the first, which may be chance; then so long
   * that an outage of a minute does not use up all attempts. At least half of the longest wait: a
   * short one would waste an attempt.
   */
  Duration patiently(int attempt) {
    var atMost = longest(attempt, Math.pow(settings.factor(), STEEP), settings.cap());
    return Duration.ofMillis(atMost - random.nextLong(atMost / 2 + 1));
  }

  /**
   * The wait where neither the number of attempts nor the circuit breaker ends the retries: it
   * grows, so that a job does not fill the log until its deadline.
   */
  Duration afterUncounted(int attempt) {
    var cap = settings.cap().multipliedBy(FREE_OF_CHARGE);
    return Duration.ofMillis(random.nextLong(longest(attempt, settings.factor(), cap) + 1));
  }

  /** At least what was asked for, plus up to a second so that not all jobs come at once. */
  Duration notBefore(Duration asked) {
    return asked.plusMillis(random.nextLong(1000));
  }
}
