package dev.darkroom.gateway.rescue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Since when the ledger has answered without a break. An answer that took long counts as a break:
 * whoever waits for a frozen ledger gets one in the end.
 */
final class LedgerAnswering {
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private final Clock clock;
  private @Nullable Instant since;

  LedgerAnswering(Clock clock) {
    this.clock = clock;
  }

  /** Asks the ledger, and remembers how that went. */
  <T> T ask(Supplier<T> question) {
    var asked = clock.instant();
    var last = since;
    since = null; // unless it answers
    var answer = question.get();
    var answered = clock.instant();
    since = last == null || asked.plus(PROMPT).isBefore(answered) ? answered : last;
    return answer;
  }

  /** Whether it has answered for so long. */
  boolean hasFor(Duration time) {
    return since != null && !since.plus(time).isAfter(clock.instant());
  }
}
