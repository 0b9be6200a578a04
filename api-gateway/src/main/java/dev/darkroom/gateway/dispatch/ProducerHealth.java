package dev.darkroom.gateway.dispatch;

import dev.darkroom.messaging.KafkaFailure;
import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Whether Kafka takes jobs. While it does not, each attempt to send blocks for {@code
 * max.block.ms}; after a failure nothing is sent for a moment, and the jobs wait in the ledger.
 */
@Component
final class ProducerHealth {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

  private final KafkaHealth troubles;
  private final LongSupplier nanoTime;
  private long lastFailure;
  private boolean stalled;

  @Autowired
  ProducerHealth(KafkaHealth troubles) {
    this(troubles, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime()} counts
   */
  ProducerHealth(KafkaHealth troubles, LongSupplier nanoTime) {
    this.troubles = troubles;
    this.nanoTime = nanoTime;
  }

  /** True for a second after each failure. */
  synchronized boolean isPaused() {
    return isWithin(PAUSE);
  }

  /**
   * True for some seconds after each failure. Kafka may be away for this gateway alone: another one
   * that reaches it publishes the next job in turn at once, this one would be late.
   */
  synchronized boolean isLeftToOthers() {
    return isWithin(LEFT_TO_OTHERS);
  }

  private boolean isWithin(Duration afterFailure) {
    return stalled && nanoTime.getAsLong() - lastFailure < afterFailure.toNanos();
  }

  /** True from a failure until the next acknowledgement. */
  synchronized boolean isStalled() {
    return stalled;
  }

  synchronized void acknowledged() {
    if (stalled) {
      stalled = false;
      troubles.end(KafkaConcern.JOBS);
    }
  }

  synchronized void failed(Throwable reason) {
    lastFailure = nanoTime.getAsLong();
    stalled = true;
    troubles.report(KafkaConcern.JOBS, KafkaFailure.inWords(reason, "WRITE"));
  }
}
