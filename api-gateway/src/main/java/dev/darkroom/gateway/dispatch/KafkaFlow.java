package dev.darkroom.gateway.dispatch;

import dev.darkroom.messaging.KafkaFailure;
import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/**
 * Whether Kafka takes jobs. While it does not, each attempt to send blocks for {@code
 * max.block.ms}; after a refusal nothing is tried for a moment, and the jobs wait in the ledger.
 */
@Component
final class KafkaFlow {
  private static final Duration REST = Duration.ofSeconds(1);
  private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final KafkaHealth troubles;
  private Instant lastRefusal = Instant.MIN;
  private boolean stalled;

  KafkaFlow(InstantSource clock, KafkaHealth troubles) {
    this.clock = clock;
    this.troubles = troubles;
  }

  /** True for a moment after each refusal. */
  synchronized boolean rests() {
    return isWithin(REST);
  }

  /**
   * True for some seconds after each refusal. Kafka may be away for this gateway alone: what is
   * next in line is let go at once by one that reaches it, and would be late with one that does
   * not.
   */
  synchronized boolean leavesTheLineToOthers() {
    return isWithin(LEFT_TO_OTHERS);
  }

  private boolean isWithin(Duration afterRefusal) {
    return clock.instant().isBefore(lastRefusal.plus(afterRefusal));
  }

  /** True from a refusal until the next acknowledgement. */
  synchronized boolean isStalled() {
    return stalled;
  }

  synchronized void acknowledged() {
    if (stalled) {
      stalled = false;
      lastRefusal = Instant.MIN;
      troubles.end(KafkaConcern.JOBS);
    }
  }

  synchronized void refused(Throwable reason) {
    lastRefusal = clock.instant();
    stalled = true;
    troubles.report(KafkaConcern.JOBS, KafkaFailure.inWords(reason, "WRITE"));
  }
}
