package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.Setback;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table "how failures are read" for every outcome after which a job goes on; see
 * docs/job-lifecycle.md.
 */
final class ReadOutcome {
  private static final String CALL = "callMillis";
  private static final String SAVING = "savingMillis";

  /** What others say of our account, our hosts and our folders is for the worker's log alone. */
  private static final String TOO_FAST = "Nebius limits the rate of calls.";

  private static final String NO_WAY = "Nebius can't be reached; no call was made.";
  private static final String NO_ROOM = "The picture could not be stored.";

  private final Backoff backoff;
  private final Duration turnedAwayFor;

  ReadOutcome(Backoff backoff, Duration turnedAwayFor) {
    this.backoff = backoff;
    this.turnedAwayFor = turnedAwayFor;
  }

  sealed interface Reading {
    /**
     * The job ends with its picture.
     *
     * @param details for the log: its {@code source}, which is {@code nebius} or the {@code store}
     *     that an earlier attempt saved it to; from Nebius also {@code callMillis} and {@code
     *     savingMillis}, and the size that was {@code asked} for where the picture has another
     */
    record Complete(StoredPicture picture, Map<String, ?> details) implements Reading {}

    /**
     * The job ends without one.
     *
     * @param details for the log: {@code callMillis}
     */
    record Fail(String code, String reason, Map<String, ?> details) implements Reading {}

    /**
     * The job goes on, if the ledger finds that it may.
     *
     * @param known for this worker's log: more than its clients get
     */
    record TryAgain(Setback setback, String known) implements Reading {}
  }

  /**
   * @param attempt the attempt's number, from 1
   * @param call how long the call took, where one was made
   */
  Reading read(AttemptOutcome outcome, int attempt, Optional<Duration> call) {
    var reading = read(outcome, attempt);
    return call.map(took -> withCall(reading, took)).orElse(reading);
  }

  private static Reading withCall(Reading reading, Duration took) {
    return switch (reading) {
      case Reading.Complete(var picture, var details) when details.containsKey(SAVING) ->
          new Reading.Complete(picture, with(details, CALL, took.toMillis()));
      case Reading.Complete stored -> stored; // its call was another attempt's
      case Reading.Fail(String code, String reason, var details) ->
          new Reading.Fail(code, reason, with(details, CALL, took.toMillis()));
      case Reading.TryAgain(var setback, String known) ->
          new Reading.TryAgain(setback.afterCallOf(took), known);
    };
  }

  private static Map<String, ?> with(Map<String, ?> details, String name, Object value) {
    var more = new HashMap<String, Object>(details);
    more.put(name, value);
    return Map.copyOf(more);
  }

  private Reading read(AttemptOutcome outcome, int attempt) {
    return switch (outcome) {
      case AttemptOutcome.Succeeded succeeded -> complete(succeeded);
      case AttemptOutcome.AlreadyStored(var picture) ->
          new Reading.Complete(picture, Map.of("source", "store"));
      case AttemptOutcome.Rejected(var code, String reason) ->
          new Reading.Fail(code.word(), reason, Map.of());
      case AttemptOutcome.Asynchronous(String reason) ->
          unknown(FailureCode.ASYNCHRONOUS_ANSWER, reason, reason, true, Duration.ZERO);
      case AttemptOutcome.Failed(var code, String reason, String told) ->
          failed(code, told, reason, true, backoff.patiently(attempt));
      case AttemptOutcome.OutcomeUnknown(String reason, String told) ->
          unknown(FailureCode.OUTCOME_UNKNOWN, told, reason, true, backoff.patiently(attempt));
      case AttemptOutcome.CancelledInFlight(String reason) ->
          unknown(FailureCode.OUTCOME_UNKNOWN, reason, reason, false, Duration.ZERO);
      case AttemptOutcome.Unavailable(var retryAfter, String reason, String told) ->
          waits(FailureCode.PROVIDER_UNAVAILABLE, told, reason, asked(retryAfter, attempt));
      case AttemptOutcome.RateLimited(var retryAfter, String reason) ->
          waits(FailureCode.RATE_LIMITED, TOO_FAST, reason, asked(retryAfter, attempt));
      case AttemptOutcome.NotSent(String reason) ->
          waits(FailureCode.PROVIDER_UNAVAILABLE, NO_WAY, reason, backoff.after(attempt));
      case AttemptOutcome.CancelledBeforeSend(String reason) ->
          waits(FailureCode.WITHDRAWN, reason, reason, Duration.ZERO);
      case AttemptOutcome.RecordDiffers(String reason) ->
          waits(FailureCode.RECORD_DIFFERS, reason, reason, backoff.afterUncounted(attempt));
      case AttemptOutcome.CircuitOpen(String reason) ->
          waits(FailureCode.PROVIDER_UNAVAILABLE, reason, reason, backoff.notBefore(turnedAwayFor));
      case AttemptOutcome.Misconfigured(var refusal, String reason, boolean ofAll) ->
          waits(
              FailureCode.MISCONFIGURED,
              refusal.sentence(),
              reason,
              ofAll ? backoff.notBefore(turnedAwayFor) : backoff.afterUncounted(attempt));
      case AttemptOutcome.Forbidden(String reason, String told, boolean _) ->
          failed(FailureCode.ACCESS_REFUSED, told, reason, true, backoff.patiently(attempt));
      case AttemptOutcome.NotStored(String reason) ->
          waits(FailureCode.PICTURE_NOT_STORED, NO_ROOM, reason, backoff.afterUncounted(attempt));
    };
  }

  private static Reading complete(AttemptOutcome.Succeeded outcome) {
    Map<String, ?> details = Map.of("source", "nebius", SAVING, outcome.saving().toMillis());
    return new Reading.Complete(
        outcome.picture(),
        outcome.isOfAskedSize() ? details : with(details, "asked", outcome.asked()));
  }

  private Duration asked(@Nullable Duration retryAfter, int attempt) {
    var own = backoff.after(attempt);
    if (retryAfter == null) {
      return own;
    }
    var asked = backoff.notBefore(retryAfter);
    return retryAfter.isZero() && own.compareTo(asked) > 0 ? own : asked; // "at once" is no wait
  }

  private static Reading waits(FailureCode code, String told, String known, Duration delay) {
    return failed(code, told, known, false, delay);
  }

  private static Reading failed(
      FailureCode code, String told, String known, boolean counts, Duration delay) {
    return new Reading.TryAgain(
        new Setback(Step.ATTEMPT_FAILED, code.word(), told, counts, delay), known);
  }

  private static Reading unknown(
      FailureCode code, String told, String known, boolean counts, Duration delay) {
    return new Reading.TryAgain(
        new Setback(Step.ATTEMPT_OUTCOME_UNKNOWN, code.word(), told, counts, delay), known);
  }
}
