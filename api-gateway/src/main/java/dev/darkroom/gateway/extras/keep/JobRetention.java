package dev.darkroom.gateway.extras.keep;

import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.keep.EndedJobStore;
import dev.darkroom.ledger.keep.EndedJobStore.ExpiredJob;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Deletes jobs that ended long enough ago: first their pictures, so that a crash leaves a job
 * without its picture and not a picture without its job, then their rows. It goes from the oldest
 * job to the youngest in small slices with a pause after each, and begins anew every minute.
 */
@Component
final class JobRetention {
  private static final Logger log = LoggerFactory.getLogger(JobRetention.class);

  /** With 200 jobs a slice, that is several times what a busy system accepts. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private static final Duration BEGIN_EVERY = Duration.ofMinutes(1);

  /** Once a minute; a group is a row of a few bytes. */
  private static final int GROUPS_AT_ONCE = 10_000;

  /** So many jobs are logged together, where there are that many. */
  private static final int LOGGED = 10_000;

  private final EndedJobStore jobs;
  private final GroupStore groups;
  private final PictureStore pictures;
  private final Duration keep;
  private final Counter deleted;
  private @Nullable RequestId after;
  private long nextRound = System.nanoTime();
  private long unlogged;
  private volatile Duration behind = Duration.ZERO;

  JobRetention(
      EndedJobStore jobs,
      GroupStore groups,
      PictureStore pictures,
      RetentionSettings settings,
      MeterRegistry meters) {
    this.jobs = jobs;
    this.groups = groups;
    this.pictures = pictures;
    this.keep = settings.jobs();
    this.deleted =
        Counter.builder("darkroom.jobs.deleted")
            .description("Jobs that were deleted when their retention ended")
            .register(meters);
    Gauge.builder("darkroom.jobs.deletion.behind.seconds", this, it -> it.behind.toMillis() / 1e3)
        .description("How long the oldest job that is to be deleted could have been")
        .register(meters);
  }

  @Bean
  BackgroundLoop jobRetentionLoop() {
    return new BackgroundLoop("delete-old-jobs", PAUSE, this::round);
  }

  /** Several gateways may do this at the same time; one of them deletes. */
  boolean round() {
    if (keep.isZero() || System.nanoTime() - nextRound < 0) {
      return false;
    }
    nextRound = System.nanoTime() + BEGIN_EVERY.toNanos(); // also if this one fails
    var slice = jobs.nextExpired(after, keep);
    if (after == null || !slice.jobs().isEmpty()) {
      behind = slice.jobs().stream().findFirst().map(ExpiredJob::expired).orElse(Duration.ZERO);
    }
    delete(slice.jobs());
    after = slice.next();
    if (after != null) {
      nextRound = System.nanoTime();
    }
    if (after == null) {
      var _ = groups.deleteWithoutJobs(keep, GROUPS_AT_ONCE);
    }
    if (after == null || unlogged >= LOGGED) {
      logDeleted();
    }
    return false;
  }

  private void delete(List<ExpiredJob> expired) {
    if (expired.isEmpty()) {
      return;
    }
    try {
      for (var job : expired) {
        if (job.called()) {
          var _ = pictures.delete(job.requestId());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var ids = expired.stream().map(ExpiredJob::requestId).toList();
    for (var part = jobs.delete(ids, keep); part.rows() > 0; part = jobs.delete(ids, keep)) {
      deleted.increment(part.jobs());
      unlogged += part.jobs();
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  private void logDeleted() {
    if (unlogged > 0) {
      log.atInfo().addKeyValue("jobs", unlogged).addKeyValue("keep", keep).log("deleted old jobs");
    }
    unlogged = 0;
  }
}
