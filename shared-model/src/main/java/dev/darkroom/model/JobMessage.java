package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * A record of {@link Topics#JOBS}: "this job is due". It may arrive twice or late; the ledger
 * decides whether the job may run. Its schema is {@code schemas/generation-job.schema.json}.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobMessage(
    RequestId requestId, String userId, GenerationRequest request, Instant deadlineAt) {
  public JobMessage {
    requireNonNull(requestId, "requestId is missing");
    requireNonNull(userId, "userId is missing");
    requireNonNull(request, "request is missing");
    requireNonNull(deadlineAt, "deadlineAt is missing");
  }
}
