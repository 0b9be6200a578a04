package dev.darkroom.worker.report;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter, so that jobs that failed together don't come back together.
 */
final class Backoff {
  private final IntervalFunction longest;
  private final RandomGenerator random;

  Backoff(ReportSettings settings, RandomGenerator random) {
    this.longest =
        IntervalFunction.ofExponentialBackoff(settings.base(), settings.factor(), settings.cap());
    this.random = random;
  }

  /** The wait after the given attempt; the first is 1. */
  Duration after(int attempt) {
    return Duration.ofMillis(random.nextLong(longest.apply(attempt) + 1));
  }

  /**
   * At least half of what the wait may be, so that the attempts don't follow each other at once.
   */
  Duration growingAfter(int attempt) {
    var half = longest.apply(attempt) / 2;
    return Duration.ofMillis(half + random.nextLong(half + 1));
  }

  /** At least what was asked for, plus up to a second so that not everybody comes at once. */
  Duration notBefore(Duration asked) {
    return asked.plusMillis(random.nextLong(1000));
  }
}
