package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.provider.HoldUp;
import dev.darkroom.ledger.jobs.AttemptMade;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Lora;
import dev.darkroom.model.RequestId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as clients see it.
 *
 * @param success false for a failed job
 * @param imageUrl completed jobs only, for as long as the picture is kept
 * @param imageRemovedAt completed jobs whose picture is kept no longer
 * @param error failed jobs only
 * @param ignored replies to a submission only: its fields that have no meaning here, if any
 * @param queue jobs that wait for a worker only
 * @param waitingFor the same in a sentence, and what holds the job up, if anything does
 * @param logs oldest first
 * @param attempts the calls made for it, oldest first
 */
@Schema(name = "Job")
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobView(
    boolean success,
    @Schema(type = "string", format = "uuid") RequestId requestId,
    JobStatus status,
    @Nullable String imageUrl,
    @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant imageRemovedAt,
    @Nullable Failure error,
    @Nullable List<String> ignored,
    @Nullable Queue queue,
    @Nullable String waitingFor,
    Metadata metadata,
    List<StepTaken> logs,
    List<AttemptShown> attempts) {

  private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  /** As the reply to a submission with fields that have no meaning here. */
  JobView ignoring(List<String> fields) {
    return fields.isEmpty()
        ? this
        : new JobView(
            success,
            requestId,
            status,
            imageUrl,
            imageRemovedAt,
            error,
            fields,
            queue,
            waitingFor,
            metadata,
            logs,
            attempts);
  }

  /**
   * @param ahead open jobs that go before it as things stand; 1,000 at most
   * @param dueAt when its next attempt is due, where that is to come
   * @param expectedAt when the picture may be there, at the pace of the last minutes; absent while
   *     there is none, and while nobody can tell because calls fail
   * @param heldUpBy why no calls are made at the moment; absent where they are
   * @param nextTryAt when calls may be made again, where that is known
   */
  @Schema(name = "JobQueue")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Queue(
      int ahead,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant dueAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant expectedAt,
      @Nullable HoldUp heldUpBy,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant nextTryAt) {}

  @Schema(name = "JobFailure")
  record Failure(String code, String message) {}

  /**
   * @param model that was called, or will be
   * @param generatedAt completed jobs only
   */
  @Schema(name = "JobMetadata")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Metadata(
      String prompt,
      @Nullable String style,
      double diffusionStrength,
      double styleIntensity,
      int width,
      int height,
      long seed,
      String model,
      @Nullable List<Lora> loras,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant generatedAt) {

    static Metadata of(GenerationRequest request, String model, @Nullable Instant generatedAt) {
      return new Metadata(
          request.prompt(),
          request.style(),
          request.diffusionStrength(),
          request.styleIntensity(),
          request.width(),
          request.height(),
          request.seed(),
          model,
          request.loras(),
          generatedAt);
    }
  }

  @Schema(name = "JobStep")
  record StepTaken(
      String step, @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant timestamp) {}

  /**
   * @param endedAt absent, like outcome and reason, while it is under way
   * @param reason why it did not succeed
   * @param callMillis how long its call took, from the first byte of the request's body to the last
   *     one of the answer, or to the failure; where a call was made
   * @param savingMillis from there until the picture was durable
   */
  @Schema(name = "JobAttempt")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record AttemptShown(
      int attempt,
      String worker,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant startedAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant endedAt,
      AttemptMade.@Nullable AttemptResult outcome,
      @Nullable String reason,
      @Nullable Long callMillis,
      @Nullable Long savingMillis) {

    static AttemptShown of(AttemptMade made) {
      var end = made.end();
      return new AttemptShown(
          made.number(),
          made.worker(),
          made.startedAt(),
          end == null ? null : end.at(),
          end == null ? null : end.outcome(),
          end == null ? null : end.reason(),
          end == null ? null : end.callMillis(),
          end == null ? null : end.savingMillis());
    }
  }
}
