package dev.darkroom.gateway.extras.webhook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after a failure: exponential with full jitter, as for all deliveries alike. */
final class WebhookBackoff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Without it, jitter would now and then repeat a request at once. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final int MOST_DOUBLINGS = 20;

  private final RandomGenerator random;

  WebhookBackoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Until the next try.
   *
   * @param failures before the one that is waited after
   */
  Duration delay(int failures) {
    var doubled = FIRST.toMillis() << Math.min(failures, MOST_DOUBLINGS);
    var longest = Math.min(doubled, LONGEST.toMillis());
    return Duration.ofMillis(random.nextLong(SHORTEST.toMillis(), longest + 1));
  }
}
