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
      throw new IllegalArgumentException("a user's id holds no NUL");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("a job's deadline lies after its acceptance");
    }
  }

  /** One that may not be submitted again. */
  public NewJob(
      RequestId id,
      String userId,
      GenerationRequest request,
      Duration deadline,
      TraceParent trace) {
    this(id, userId, request, deadline, trace, null);
  }
}
