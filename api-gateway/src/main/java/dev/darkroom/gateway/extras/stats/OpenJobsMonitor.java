package dev.darkroom.gateway.extras.stats;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobQueries.OpenJobs;
import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Counts the open jobs, for gauges and clients. While the ledger does not answer the gauges are
 * NaN, as an old number would look like a fact.
 */
@Component
final class OpenJobsMonitor {
  private static final Duration COUNT_EVERY = Duration.ofSeconds(5);

  /** Clients get a younger count than the gauges. */
  private static final long RECENT = Duration.ofSeconds(2).toNanos();

  private final JobQueries ledger;
  private final MultiGauge reasons;
  private volatile @Nullable OpenJobs latest;
  private volatile long countedAt;

  OpenJobsMonitor(JobQueries ledger, MeterRegistry meters) {
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
        "darkroom.jobs.paused",
        "Jobs that are set aside because their user or model is paused",
        OpenJobs::paused);
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

  @Bean
  BackgroundLoop openJobsLoop() {
    return new BackgroundLoop("count-open-jobs", COUNT_EVERY, this::round);
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

  /** A few seconds old at most. Concurrent callers share one count. */
  synchronized OpenJobs recent() {
    var open = latest;
    return open == null || System.nanoTime() - countedAt > RECENT ? count() : open;
  }

  private OpenJobs count() {
    var open = ledger.countOpen(Visibility.ALL);
    countedAt = System.nanoTime();
    latest = open;
    return open;
  }

  /** Reasons without jobs are gone. */
  private void show(Map<String, Long> scheduledBy) {
    reasons.register(
        scheduledBy.entrySet().stream()
            .map(entry -> MultiGauge.Row.of(Tags.of("reason", entry.getKey()), entry.getValue()))
            .toList(),
        true);
  }
}
