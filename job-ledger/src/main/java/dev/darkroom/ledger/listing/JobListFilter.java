package dev.darkroom.ledger.listing;

import dev.darkroom.model.JobStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs are wanted; what is null does not filter.
 *
 * @param errorCode only jobs that failed with this code
 * @param since only jobs accepted then or later, as their ids say
 * @param until only jobs accepted earlier
 */
public record JobListFilter(
    @Nullable JobStatus status,
    @Nullable String errorCode,
    @Nullable String userId,
    @Nullable Instant since,
    @Nullable Instant until) {

  boolean wantsOpen() {
    return status != null && !status.isTerminal();
  }

  boolean wantsFailed() {
    return status == JobStatus.FAILED || errorCode != null;
  }

  /** Only failed jobs have a code. */
  boolean contradictsItself() {
    return errorCode != null && status != null && status != JobStatus.FAILED;
  }
}
