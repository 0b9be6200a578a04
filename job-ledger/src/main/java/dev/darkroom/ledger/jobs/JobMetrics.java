package dev.darkroom.ledger.jobs;

import dev.darkroom.model.JobStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Counts how jobs end and how long they take, where it is written: by workers, and by gateways for
 * deadlines and rescued jobs.
 */
public final class JobMetrics {
  private static final Duration[] TIMES =
      Stream.of(0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 300.0, 900.0)
          .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
          .toArray(Duration[]::new);

  private final MeterRegistry meters;
  private final Timer toPicture;
  private final Timer inQueue;

  public JobMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.toPicture =
        Timer.builder("darkroom.jobs.time.to.picture")
            .description("Time from accepting a job to its picture")
            .serviceLevelObjectives(TIMES)
            .register(meters);
    this.inQueue =
        Timer.builder("darkroom.jobs.time.in.queue")
            .description("Time from accepting a job to its first claim by a worker")
            .serviceLevelObjectives(TIMES)
            .register(meters);
    count(JobStatus.COMPLETED, "none", 0); // so that a rate exists from the first job on
    count(JobStatus.FAILED, "deadline_exceeded", 0);
  }

  /** The end of this job is durable. */
  FinishedJob ended(FinishedJob job) {
    var event = job.event();
    count(event.status(), Objects.requireNonNullElse(event.errorCode(), "none"), 1);
    if (event.status() == JobStatus.COMPLETED) {
      toPicture.record(job.took());
    }
    return job;
  }

  /** A job was claimed for the first time. */
  void claimed(Duration afterAccept) {
    inQueue.record(afterAccept);
  }

  /**
   * @param code one of ours, never the provider's, so that there are no more than a dozen
   */
  private void count(JobStatus outcome, String code, int jobs) {
    Counter.builder("darkroom.jobs.ended")
        .description("Jobs that have ended, by outcome and by the code of the failure")
        .tag("outcome", outcome.word())
        .tag("code", code)
        .register(meters)
        .increment(jobs);
  }
}
