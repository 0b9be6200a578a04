package dev.darkroom.ledger.log;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * Which log rows are asked for; what is null does not filter.
 *
 * @param range when they were written
 * @param text what their prompts hold
 */
public record LogFilter(
    @Nullable RequestId requestId,
    @Nullable JobStatus status,
    @Nullable String userId,
    TimeRange range,
    @Nullable PromptText text) {

  /** At any time, with any prompt. */
  public LogFilter(
      @Nullable RequestId requestId, @Nullable JobStatus status, @Nullable String userId) {
    this(requestId, status, userId, TimeRange.ALWAYS, null);
  }
}
