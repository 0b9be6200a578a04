package dev.darkroom.ledger.jobs;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands now.
 *
 * @param owner whom it belongs to; empty where access is open
 * @param userId a label inside the owner
 * @param picture completed jobs only
 * @param pictureRemovedAt when the picture was deleted
 * @param error failed jobs only
 * @param finishedAt ended jobs only
 * @param replayOf the job that this one repeats
 * @param groupId the first of the jobs that were asked for with it; null for a job that is alone
 * @param webhook who is told of its events, if anybody
 * @param billing what is known of the provider's bill for it
 * @param cancelling whether its worker was asked to cut the call, and has not done so yet
 * @param steps its log, oldest first
 */
public record Job(
    RequestId requestId,
    String owner,
    String userId,
    GenerationRequest request,
    JobStatus status,
    int priority,
    Instant deadlineAt,
    @Nullable PictureRecord picture,
    @Nullable Instant pictureRemovedAt,
    @Nullable JobFailure error,
    @Nullable Instant finishedAt,
    @Nullable RequestId replayOf,
    @Nullable RequestId groupId,
    @Nullable JobWebhook webhook,
    Billing billing,
    boolean cancelling,
    List<LogEntry> steps) {

  /** Its attempts, oldest first. */
  public List<AttemptMade> attempts() {
    return AttemptMade.in(steps);
  }

  Job withSteps(List<LogEntry> log) {
    return new Job(
        requestId,
        owner,
        userId,
        request,
        status,
        priority,
        deadlineAt,
        picture,
        pictureRemovedAt,
        error,
        finishedAt,
        replayOf,
        groupId,
        webhook,
        billing,
        cancelling,
        log);
  }

  /**
   * Why a job ended without a picture.
   *
   * @param code a word for programs
   * @param message a sentence for people
   */
  public record JobFailure(String code, String message) {}

  /**
   * One attempt at a job, derived from the job's steps.
   *
   * @param number 1 for the first
   * @param worker the one that made it
   * @param provider that was called; null in logs of versions that knew one only
   * @param startedAt when the intent to call was logged
   * @param end null while it is running
   */
  public record AttemptMade(
      int number,
      String worker,
      @Nullable String provider,
      Instant startedAt,
      @Nullable AttemptEnd end) {

    /** The result of an attempt. */
    public enum AttemptResult {
      SUCCEEDED,
      FAILED,
      /** The call may have been carried out and billed. */
      UNKNOWN,
      /** No call was made: nothing can have been billed. */
      NOT_MADE;

      /** The word on the wire. */
      @JsonValue
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /**
     * How an attempt ended.
     *
     * @param reason why it did not succeed
     * @param callMillis from the first byte of the request's body to the last one of the response,
     *     or to the failure; null if no call was made, or its end is unknown
     * @param savingMillis from there until the picture was durable; only if this attempt brought it
     */
    public record AttemptEnd(
        Instant at,
        AttemptResult outcome,
        @Nullable String reason,
        @Nullable Long callMillis,
        @Nullable Long savingMillis) {}

    /**
     * The attempts of a job, oldest first.
     *
     * @param steps the job's log, oldest first. The last step of an attempt counts: a late report
     *     of the call turns an unknown outcome into a known one
     */
    static List<AttemptMade> in(List<LogEntry> steps) {
      var attempts = new TreeMap<Integer, AttemptMade>();
      for (var step : steps) {
        var details = step.details();
        if (details != null && details.get("attempt") instanceof Integer number) {
          if (step.step().equals(Step.CALLING_NEBIUS_API.word())) {
            var worker = Objects.toString(details.get("worker"), "");
            var provider = details.get("provider") instanceof String name ? name : null;
            attempts.put(number, new AttemptMade(number, worker, provider, step.createdAt(), null));
          } else {
            attempts.computeIfPresent(number, (_, attempt) -> attempt.endedBy(step));
          }
        }
      }
      return List.copyOf(attempts.values());
    }

    private AttemptMade endedBy(LogEntry step) {
      return Step.of(step.step())
          .flatMap(AttemptMade::outcomeAt)
          .map(outcome -> endAt(step, outcome))
          .map(end -> new AttemptMade(number, worker, provider, startedAt, end))
          .orElse(this);
    }

    /** Empty for steps that are about the job and not about a call. */
    private static Optional<AttemptResult> outcomeAt(Step step) {
      return switch (step) {
        case IMAGE_GENERATED -> Optional.of(AttemptResult.SUCCEEDED);
        case ATTEMPT_FAILED, NEBIUS_API_ERROR -> Optional.of(AttemptResult.FAILED);
        case ATTEMPT_OUTCOME_UNKNOWN -> Optional.of(AttemptResult.UNKNOWN);
        case REQUEST_RECEIVED,
            RESTORED_FROM_KAFKA,
            CALLING_NEBIUS_API,
            RETRY_SCHEDULED,
            DEADLINE_EXCEEDED,
            ATTEMPTS_EXHAUSTED,
            RECORD_TOO_LARGE,
            CANCELLED ->
            Optional.empty();
      };
    }

    private static AttemptEnd endAt(LogEntry step, AttemptResult outcome) {
      var details = Objects.requireNonNullElse(step.details(), Map.of());
      return new AttemptEnd(
          step.createdAt(),
          Boolean.FALSE.equals(details.get("called")) ? AttemptResult.NOT_MADE : outcome,
          details.get("reason") instanceof String reason ? reason : null,
          details.get("callMillis") instanceof Number call ? call.longValue() : null,
          details.get("savingMillis") instanceof Number saving ? saving.longValue() : null);
    }
  }
}
