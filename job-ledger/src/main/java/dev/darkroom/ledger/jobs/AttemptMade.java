package dev.darkroom.ledger.jobs;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.log.LogEntry;
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
 * One attempt of a job, as its steps tell it.
 *
 * @param number 1 for the first
 * @param worker who made it
 * @param startedAt when the intent to call was logged
 * @param end none while it is under way
 */
public record AttemptMade(int number, String worker, Instant startedAt, @Nullable End end) {

  /** What came of an attempt. */
  public enum Outcome {
    SUCCEEDED,
    FAILED,
    /** The call may have been carried out and billed. */
    UNKNOWN,
    /** The job was given back before a call was made: nothing can have been billed. */
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
   * @param callMillis from the first byte of the call's body to the last one of its answer, or to
   *     its failure; none where no call was made, or nobody saw its end
   * @param savingMillis from there until the picture was durable; only where this attempt's call
   *     brought it
   */
  public record End(
      Instant at,
      Outcome outcome,
      @Nullable String reason,
      @Nullable Long callMillis,
      @Nullable Long savingMillis) {}

  /**
   * The attempts of a job, oldest first.
   *
   * @param steps the job's log, oldest first. What it says last of an attempt holds: an unknown
   *     outcome becomes known by the call's own late report
   */
  static List<AttemptMade> in(List<LogEntry> steps) {
    var attempts = new TreeMap<Integer, AttemptMade>();
    for (var step : steps) {
      var details = step.details();
      if (details != null && details.get("attempt") instanceof Integer number) {
        if (step.step().equals(Step.CALLING_NEBIUS_API.word())) {
          var worker = Objects.toString(details.get("worker"), "");
          attempts.put(number, new AttemptMade(number, worker, step.createdAt(), null));
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
        .map(end -> new AttemptMade(number, worker, startedAt, end))
        .orElse(this);
  }

  /** None for steps that are about the job and not about a call. */
  private static Optional<Outcome> outcomeAt(Step step) {
    return switch (step) {
      case IMAGE_GENERATED -> Optional.of(Outcome.SUCCEEDED);
      case ATTEMPT_FAILED, NEBIUS_API_ERROR -> Optional.of(Outcome.FAILED);
      case ATTEMPT_OUTCOME_UNKNOWN -> Optional.of(Outcome.UNKNOWN);
      case REQUEST_RECEIVED,
          CALLING_NEBIUS_API,
          RETRY_SCHEDULED,
          DEADLINE_EXCEEDED,
          ATTEMPTS_EXHAUSTED,
          RECORD_TOO_LARGE ->
          Optional.empty();
    };
  }

  private static End endAt(LogEntry step, Outcome outcome) {
    var details = Objects.requireNonNullElse(step.details(), Map.of());
    return new End(
        step.createdAt(),
        Boolean.FALSE.equals(details.get("called")) ? Outcome.NOT_MADE : outcome,
        details.get("reason") instanceof String reason ? reason : null,
        details.get("callMillis") instanceof Number call ? call.longValue() : null,
        details.get("savingMillis") instanceof Number saving ? saving.longValue() : null);
  }
}
