package dev.darkroom.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The {@code data} of a CloudEvent on {@link Topics#EVENTS}. Its schema is {@code
 * schemas/generation-event.schema.json}, and that of the whole event {@code
 * schemas/generation-cloud-event.schema.json}.
 *
 * @param status what the job came to; the event's type is {@link #type}
 * @param imageUrl path of the picture at the gateway, or its URL where an operator says where that
 *     is; completed jobs only, as are the other {@code image…} fields
 * @param sha256 of the picture's bytes, lower-case hexadecimal
 * @param bytes the picture's size
 * @param attempts calls to Nebius that were begun for this job
 * @param errorCode why it ended without a picture; failed jobs only
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerationEvent(
    RequestId requestId,
    String userId,
    JobStatus status,
    int attempts,
    @Nullable String imageUrl,
    @Nullable String sha256,
    @Nullable String contentType,
    @Nullable Long bytes,
    @Nullable Instant completedAt,
    @Nullable String errorCode,
    @Nullable String errorMessage,
    @Nullable Instant failedAt) {

  private static final String TYPE_PREFIX = "darkroom.generation.";

  public GenerationEvent {
    requireNonNull(requestId, "requestId is missing");
    requireNonNull(userId, "userId is missing");
    requireNonNull(status, "status is missing");
    if (attempts < 0) {
      throw new IllegalArgumentException("attempts are counted from 0");
    }
    if ((completedAt != null) != (status == JobStatus.COMPLETED)
        || (failedAt != null) != (status == JobStatus.FAILED)) {
      throw new IllegalArgumentException("an event says when its job ended, in the way it ended");
    }
  }

  /** With another link to the same picture. */
  public GenerationEvent withImageUrl(@Nullable String link) {
    return new GenerationEvent(
        requestId,
        userId,
        status,
        attempts,
        link,
        sha256,
        contentType,
        bytes,
        completedAt,
        errorCode,
        errorMessage,
        failedAt);
  }

  /** The CloudEvents {@code type}, such as {@code darkroom.generation.completed}. */
  public static String type(JobStatus status) {
    return TYPE_PREFIX + status.word();
  }

  public static GenerationEvent progress(
      RequestId requestId, String userId, JobStatus status, int attempts) {
    return new GenerationEvent(
        requestId, userId, status, attempts, null, null, null, null, null, null, null, null);
  }
}
