package dev.darkroom.gateway.extras.stats;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobQueries.OpenJobs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gauges of the open jobs, as of the last count. While the ledger can't be asked they are not a
 * number, because an old one would look like a fact.
 */
@Component
final class CountOpenJobs {
  /** A count is made anew when it is so many times as old as it took. */
  private static final int COST = 20;

  /** No count of readers is made anew sooner. */
  private static final long YOUNGEST = Duration.ofMillis(200).toNanos();

  /** Twice as long as the sweep pauses, so that it is the one who counts. */
  private static final long OLDEST = Duration.ofSeconds(10).toNanos();

  private final JobQueries ledger;
  private final MultiGauge reasons;
  private volatile @Nullable OpenJobs latest;
  private volatile long countedAt;
  private volatile long countTook;

  CountOpenJobs(JobQueries ledger, MeterRegistry meters) {
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
    this.reasons =
        MultiGauge.builder("darkroom.jobs.scheduled.reason")
            .description("Jobs that wait for their next attempt, by what became of the last")
            .register(meters);
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
      show(count().scheduledBy());
      return false;
    } catch (RuntimeException e) {
      latest = null;
      show(Map.of());
      throw e;
    }
  }

  /**
   * The open jobs as of now, or as of a few seconds ago: where many are open, so that a count takes
   * its time, those who ask don't make it more often than the sweep does. Those who ask at once
   * share one.
   */
  synchronized OpenJobs fresh() {
    var open = latest;
    var age = System.nanoTime() - countedAt;
    return open == null || age > Math.clamp(COST * countTook, YOUNGEST, OLDEST) ? count() : open;
  }

  private OpenJobs count() {
    var begun = System.nanoTime();
    var open = ledger.countOpen();
    countedAt = System.nanoTime();
    countTook = countedAt - begun;
    latest = open;
    return open;
  }

  /** A reason that has passed is gone. */
  private void show(Map<String, Long> scheduledBy) {
    reasons.register(
        scheduledBy.entrySet().stream()
            .map(entry -> MultiGauge.Row.of(Tags.of("reason", entry.getKey()), entry.getValue()))
            .toList(),
        true);
  }
}
