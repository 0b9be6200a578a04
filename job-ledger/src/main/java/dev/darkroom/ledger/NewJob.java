package dev.darkroom.ledger;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;

/**
 * A job that is about to be accepted.
 *
 * @param deadline from acceptance until the job has ended, whatever happens
 */
public record NewJob(
    RequestId id, String userId, GenerationRequest request, Duration deadline, TraceParent trace) {
  public NewJob {
    if (!GenerationRequest.isStorable(userId)) {
      throw new IllegalArgumentException("a user's id holds no NUL");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("a job's deadline lies after its acceptance");
    }
  }
}
