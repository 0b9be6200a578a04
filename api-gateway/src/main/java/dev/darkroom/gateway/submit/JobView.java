package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.provider.HoldUp;
import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.Job.JobFailure;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Lora;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as the API shows it.
 *
 * @param success false for a failed job
 * @param imageUrl completed jobs only, for as long as the picture is kept
 * @param imageRemovedAt completed jobs whose picture is kept no longer
 * @param error failed jobs only
 * @param ignored replies to a submission only: its fields that have no meaning here, if any
 * @param queue only while no worker has the job
 * @param waitingFor the same in a sentence, and what holds the job up, if anything does
 * @param logs oldest first
 * @param attempts the calls made for it, oldest first
 * @param replayOf the job that this one repeats
 * @param groupId the group that it is part of, where several pictures were asked for at once
 * @param billing what is known of the provider's bill for it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobView(
    boolean success,
    RequestId requestId,
    JobStatus status,
    int priority,
    @Nullable String imageUrl,
    @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant imageRemovedAt,
    @Nullable JobFailure error,
    @Nullable List<String> ignored,
    @Nullable QueueView queue,
    @Nullable String waitingFor,
    JobMetadata metadata,
    List<JobStep> logs,
    List<JobAttemptView> attempts,
    @Nullable RequestId replayOf,
    @Nullable RequestId groupId,
    Billing billing,
    JobLinks links) {

  private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  /**
   * @param ahead open jobs that go before it as things stand; 1,000 at most
   * @param dueAt when its next attempt is due, where that is to come
   * @param expectedAt when the picture may be there, at the pace of the last minutes; absent while
   *     there is none, and while nobody can tell because calls fail
   * @param heldUpBy why no calls are made at the moment; absent where they are
   * @param nextTryAt when calls may be made again, where that is known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record QueueView(
      int ahead,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant dueAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant expectedAt,
      @Nullable HoldUp heldUpBy,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant nextTryAt) {}

  /**
   * @param model that was called, or will be
   * @param generatedAt completed jobs only
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record JobMetadata(
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

    static JobMetadata of(GenerationRequest request, String model, @Nullable Instant generatedAt) {
      return new JobMetadata(
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

  record JobStep(
      String step, @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant timestamp) {}

  /**
   * @param provider that was called
   * @param endedAt absent, like outcome and reason, while it is under way
   * @param reason why it did not succeed
   * @param callMillis how long its call took, from the first byte of the request's body to the last
   *     one of the answer, or to the failure; where a call was made
   * @param savingMillis from there until the picture was durable
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record JobAttemptView(
      int attempt,
      String worker,
      @Nullable String provider,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant startedAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant endedAt,
      AttemptMade.@Nullable AttemptResult outcome,
      @Nullable String reason,
      @Nullable Long callMillis,
      @Nullable Long savingMillis) {

    static JobAttemptView of(AttemptMade made) {
      var end = made.end();
      return new JobAttemptView(
          made.number(),
          made.worker(),
          made.provider(),
          made.startedAt(),
          end == null ? null : end.at(),
          end == null ? null : end.outcome(),
          end == null ? null : end.reason(),
          end == null ? null : end.callMillis(),
          end == null ? null : end.savingMillis());
    }
  }
}
