package dev.darkroom.gateway.submit.admit;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.JobTerms.DayLimit;
import dev.darkroom.ledger.jobs.JobTerms.JobLimits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/** Says on which terms a caller's jobs are accepted. */
@Component
public final class QueueLimits {
  private final QueueSettings settings;

  QueueLimits(QueueSettings settings) {
    this.settings = settings;
  }

  /**
   * Settings of the queue's limits.
   *
   * @param maxOpenJobsPerOwner jobs of one owner that may be open, of one user where access is
   *     open; 0 for any number. Keys may have others
   * @param maxOpenJobs jobs of all that may be open; 0 for any number
   * @param refuseUnreachable whether a job is refused that can't be done by its deadline
   */
  @Validated
  @ConfigurationProperties("darkroom.queue")
  record QueueSettings(
      @DefaultValue("0") @Min(0) @Max(1_000_000) int maxOpenJobsPerOwner,
      @DefaultValue("0") @Min(0) @Max(1_000_000) int maxOpenJobs,
      @DefaultValue("true") boolean refuseUnreachable) {}

  public JobTerms terms(Caller caller, int priority) {
    var ofKey = caller.limits();
    var openOfLine =
        unlessZero(Objects.requireNonNullElse(ofKey.openJobs(), settings.maxOpenJobsPerOwner()));
    var openOfAll = unlessZero(settings.maxOpenJobs());
    var perDay = ofKey.jobsPerDay();
    var day = perDay == null ? null : new DayLimit(caller.actor(), perDay);
    var limits =
        openOfLine == null && openOfAll == null && day == null
            ? null
            : new JobLimits(openOfLine, openOfAll, day, false);
    return new JobTerms(priority, Objects.requireNonNullElse(ofKey.weight(), 1), limits);
  }

  private static @Nullable Integer unlessZero(int limit) {
    return limit == 0 ? null : limit;
  }
}
