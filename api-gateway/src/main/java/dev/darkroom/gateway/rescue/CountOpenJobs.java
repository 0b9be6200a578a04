package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.FindJobs;
import dev.darkroom.ledger.FindJobs.OpenJobs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gauges of the open jobs, as of the last count. While the ledger can't be asked they are not a
 * number, because an old one would look like a fact.
 */
@Component
final class CountOpenJobs {
  private final FindJobs ledger;
  private volatile @Nullable OpenJobs latest;

  CountOpenJobs(FindJobs ledger, MeterRegistry meters) {
    this.ledger = ledger;
    gauge(
        meters,
        "darkroom.jobs.waiting",
        "Jobs that are due and not with a worker",
        OpenJobs::waiting);
    gauge(
        meters,
        "darkroom.jobs.scheduled",
        "Jobs that wait for their next attempt",
        OpenJobs::scheduled);
    gauge(meters, "darkroom.jobs.running", "Jobs with a worker", OpenJobs::running);
    gauge(
        meters,
        "darkroom.jobs.held.back",
        "Waiting jobs that are held back until their turn",
        OpenJobs::heldBack);
    gauge(
        meters,
        "darkroom.jobs.oldest.waiting.seconds",
        "How long the longest waiting job has been due",
        OpenJobs::oldestWaitingSeconds);
  }

  private void gauge(
      MeterRegistry meters, String name, String description, ToDoubleFunction<OpenJobs> count) {
    Gauge.builder(
            name,
            this,
            counted -> {
              var open = counted.latest;
              return open == null ? Double.NaN : count.applyAsDouble(open);
            })
        .description(description)
        .register(meters);
  }

  /** Never more to do at once. */
  boolean round() {
    try {
      latest = ledger.countOpen();
      return false;
    } catch (RuntimeException e) {
      latest = null;
      throw e;
    }
  }
}
