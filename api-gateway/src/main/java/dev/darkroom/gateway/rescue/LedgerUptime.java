package dev.darkroom.gateway.rescue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Since when the ledger has answered without a break. A slow answer counts as a break: a frozen
 * ledger answers, too, when it thaws.
 */
final class LedgerUptime {
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private final Clock clock;
  private @Nullable Instant since;

  LedgerUptime(Clock clock) {
    this.clock = clock;
  }

  /** Asks the ledger, and remembers whether it answered. */
  <T> T ask(Supplier<T> question) {
    var asked = clock.instant();
    var last = since;
    since = null; // unless it answers
    var answer = question.get();
    var answered = clock.instant();
    since = last == null || asked.plus(PROMPT).isBefore(answered) ? answered : last;
    return answer;
  }

  /** Whether it has answered for at least this long. */
  boolean hasLasted(Duration time) {
    return since != null && !since.plus(time).isAfter(clock.instant());
  }
}
