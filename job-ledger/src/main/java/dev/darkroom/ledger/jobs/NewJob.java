package dev.darkroom.ledger.jobs;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job that is about to be accepted.
 *
 * @param deadline from acceptance until the job has ended, whatever happens
 * @param key the client's, where it sent one
 */
public record NewJob(
    RequestId id,
    String userId,
    GenerationRequest request,
    Duration deadline,
    TraceParent trace,
    @Nullable IdempotencyKey key) {
  public NewJob {
    if (!GenerationRequest.isStorable(userId)) {
      throw new IllegalArgumentException("userId must not contain NUL");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline must be positive");
    }
  }

  /** A job without an idempotency key. */
  public NewJob(
      RequestId id,
      String userId,
      GenerationRequest request,
      Duration deadline,
      TraceParent trace) {
    this(id, userId, request, deadline, trace, null);
  }
}
