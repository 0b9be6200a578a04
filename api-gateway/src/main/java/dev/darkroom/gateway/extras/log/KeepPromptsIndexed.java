package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.IndexPrompts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/**
 * Adds prompts to the index in which they are searched, so that nobody who submits one waits for
 * it.
 */
@Component
final class KeepPromptsIndexed {
  private final IndexPrompts ledger;
  private final int batch;
  private volatile double behind = Double.NaN;

  KeepPromptsIndexed(IndexPrompts ledger, LogsSettings settings, MeterRegistry meters) {
    this.ledger = ledger;
    this.batch = settings.indexBatch();
    Gauge.builder("darkroom.logs.unindexed.seconds", this, index -> index.behind)
        .description("How long ago the first job was accepted whose prompt is not in the index")
        .register(meters);
  }

  /** Whether there may be more: a log of before the index is worked off batch by batch. */
  boolean round() {
    try {
      if (!ledger.hasIndex()) {
        behind = Double.NaN;
        return false;
      }
      var copied = ledger.copySettled(batch);
      behind = ledger.behind().toMillis() / 1_000.0;
      return copied == batch;
    } catch (RuntimeException e) {
      behind = Double.NaN;
      throw e;
    }
  }
}
