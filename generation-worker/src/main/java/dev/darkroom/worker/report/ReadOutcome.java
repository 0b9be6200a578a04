package dev.darkroom.worker.report;

import dev.darkroom.ledger.Setback;
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

    /** The job goes on. */
    record TryAgain(Setback setback) implements Reading {}
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
      case Reading.TryAgain(var setback) -> new Reading.TryAgain(setback.afterCallOf(took));
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
      case AttemptOutcome.Rejected(int _, String reason) ->
          new Reading.Fail("rejected", reason, Map.of());
      case AttemptOutcome.Failed(String code, String reason) ->
          failed(code, reason, true, backoff.after(attempt));
      case AttemptOutcome.Unavailable(var retryAfter, String reason) ->
          failed("provider_unavailable", reason, false, asked(retryAfter, attempt));
      case AttemptOutcome.RateLimited(var retryAfter, String reason) ->
          failed("rate_limited", reason, false, asked(retryAfter, attempt));
      case AttemptOutcome.NotMade(String reason) ->
          failed("provider_unavailable", reason, false, backoff.after(attempt));
      case AttemptOutcome.Withdrawn(String reason) ->
          failed("withdrawn", reason, false, Duration.ZERO);
      case AttemptOutcome.RecordDiffers(String reason) ->
          failed("record_differs", reason, false, backoff.after(attempt));
      case AttemptOutcome.TurnedAway(String reason) ->
          failed("provider_unavailable", reason, false, backoff.notBefore(turnedAwayFor));
      case AttemptOutcome.Misconfigured(var _, String reason, boolean ofAll) ->
          failed(
              "misconfigured",
              reason,
              false,
              ofAll ? backoff.notBefore(turnedAwayFor) : backoff.after(attempt));
      case AttemptOutcome.Forbidden(String reason, boolean _) ->
          failed("access_refused", reason, true, backoff.growingAfter(attempt));
      case AttemptOutcome.NotStored(String reason) ->
          failed("picture_not_stored", reason, false, backoff.after(attempt));
      case AttemptOutcome.Unknown(String reason) -> unknown(reason, true, backoff.after(attempt));
      case AttemptOutcome.GivenUp(String reason) -> unknown(reason, false, Duration.ZERO);
    };
  }

  private static Reading complete(AttemptOutcome.Succeeded outcome) {
    Map<String, ?> details = Map.of("source", "nebius", SAVING, outcome.saving().toMillis());
    return new Reading.Complete(
        outcome.picture(),
        outcome.isOfAskedSize() ? details : with(details, "asked", outcome.asked()));
  }

  private Duration asked(@Nullable Duration retryAfter, int attempt) {
    return retryAfter == null ? backoff.after(attempt) : backoff.notBefore(retryAfter);
  }

  private static Reading failed(String code, String reason, boolean counts, Duration delay) {
    return new Reading.TryAgain(new Setback(Step.ATTEMPT_FAILED, code, reason, counts, delay));
  }

  private static Reading unknown(String reason, boolean counts, Duration delay) {
    return new Reading.TryAgain(
        new Setback(Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", reason, counts, delay));
  }
}
