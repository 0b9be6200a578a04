package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@link Topics#JOBS}: "this job is due". It may arrive twice or late; the ledger
 * decides whether the job may run. Its schema is {@code schemas/generation-job.schema.json}.
 *
 * @param call what every attempt sends, under {@code parameters}, as the ledger has it; with the
 *     request it is all that a ledger needs that has lost the job
 * @param owner whom the job belongs to; empty, and absent on the wire, where access is open
 * @param webhook who is told of its events; absent on the wire where nobody is
 * @param failedProvider the one whose fault it is that the latest attempt brought no picture;
 *     another one is asked first. Absent where there is none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobMessage(
    RequestId requestId,
    String userId,
    GenerationRequest request,
    Map<String, ?> call,
    Instant deadlineAt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String owner,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JobWebhook webhook,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String failedProvider) {
  public JobMessage {
    requireNonNull(requestId, "requestId is missing");
    requireNonNull(userId, "userId is missing");
    requireNonNull(request, "request is missing");
    if (!(requireNonNull(call, "call is missing").get("parameters") instanceof Map)) {
      throw new IllegalArgumentException("call has no parameters");
    }
    requireNonNull(deadlineAt, "deadlineAt is missing");
    owner = Objects.requireNonNullElse(owner, "");
  }

  /** A job of which nobody is told, and of which no provider has failed. */
  public JobMessage(
      RequestId requestId,
      String userId,
      GenerationRequest request,
      Map<String, ?> call,
      Instant deadlineAt,
      String owner) {
    this(requestId, userId, request, call, deadlineAt, owner, null, null);
  }
}
