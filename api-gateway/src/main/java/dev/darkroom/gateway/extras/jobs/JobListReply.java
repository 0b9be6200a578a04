package dev.darkroom.gateway.extras.jobs;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.submit.JobLinks;
import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.Job.JobFailure;
import dev.darkroom.ledger.listing.JobListSlice;
import dev.darkroom.ledger.listing.ListedJob;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list of jobs.
 *
 * @param jobs newest first
 * @param nextCursor leads to the next page; absent on the last. A page of a rare filter may be
 *     empty and not the last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobListReply(List<JobItem> jobs, int limit, @Nullable String nextCursor) {

  static JobListReply of(JobListSlice slice, int limit, ReplyLinks links) {
    return new JobListReply(
        slice.jobs().stream().map(job -> JobItem.of(job, links)).toList(),
        limit,
        slice.next() == null ? null : JobCursor.of(slice.next()));
  }

  /** A job in the list; openapi.yaml describes it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record JobItem(
      RequestId requestId,
      String userId,
      JobStatus status,
      String prompt,
      @Nullable String model,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant createdAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant finishedAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant deadlineAt,
      int attempts,
      @Nullable String imageUrl,
      @Nullable JobFailure error,
      @Nullable RequestId replayOf,
      @Nullable RequestId groupId,
      Billing billing,
      JobLinks links) {

    private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

    static JobItem of(ListedJob job, ReplyLinks links) {
      var imageUrl = links.toPicture(job.imageUrl());
      return new JobItem(
          job.requestId(),
          job.userId(),
          job.status(),
          job.prompt(),
          job.model(),
          job.createdAt(),
          job.finishedAt(),
          job.deadlineAt(),
          job.attempts(),
          imageUrl,
          job.error(),
          job.replayOf(),
          job.groupId(),
          job.billing(),
          JobLinks.of(job.requestId(), job.status(), imageUrl, links));
    }
  }
}
