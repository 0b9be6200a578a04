package dev.darkroom.gateway.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Logs when jobs have to wait for their turn, and when no longer; not each short burst. */
@Component
final class TellHoldingBack {
  private static final Logger log = LoggerFactory.getLogger(TellHoldingBack.class);
  private static final Duration WORTH_TELLING = Duration.ofSeconds(5);

  private final Clock clock;
  private @Nullable Instant since;
  private boolean told;

  TellHoldingBack(Clock clock) {
    this.clock = clock;
  }

  void tell(boolean heldBack) {
    if (!heldBack) {
      ended();
    } else if (since == null) {
      since = clock.instant();
    } else if (!told && since.plus(WORTH_TELLING).isBefore(clock.instant())) {
      told = true;
      log.info(
          "more jobs wait than workers take up; they are held back in the ledger, and let go to Kafka in turn");
    }
  }

  private void ended() {
    since = null;
    if (told) {
      told = false;
      log.info("no job is held back any more");
    }
  }
}
