package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.CallBilling;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.Provider;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of a job after each outcome of an attempt; see docs/job-lifecycle.md. */
final class RetryPolicy {
  /** Details of our account, our hosts and our folders are for the worker's log alone. */
  private static final String RATE_LIMITED = " limits the rate of calls.";

  private static final String UNREACHABLE = " can't be reached; no call was made.";
  private static final String NOT_STORED = "The picture could not be stored.";

  private final Backoff backoff;
  private final Duration circuitPause;

  RetryPolicy(Backoff backoff, Duration circuitPause) {
    this.backoff = backoff;
    this.circuitPause = circuitPause;
  }

  sealed interface RetryDecision {
    /**
     * The job ends with its picture.
     *
     * @param billing of the attempt's call
     * @param details for the log: its {@code source}, which is the provider or the {@code store}
     *     that an earlier attempt saved it to; from a provider also {@code callMillis} and {@code
     *     savingMillis}, and the size that was {@code asked} for where the picture has another
     */
    record CompleteJob(StoredPicture picture, CallBilling billing, Map<String, ?> details)
        implements RetryDecision {}

    /**
     * The job ends without one.
     *
     * @param billing of the attempt's call
     * @param details for the log: {@code callMillis}
     */
    record FailJob(String code, String reason, CallBilling billing, Map<String, ?> details)
        implements RetryDecision {}

    /**
     * The job runs again, if the ledger finds that it may.
     *
     * @param known for this worker's log, with details that clients don't get
     */
    record RetryJob(RetryableFailure failure, String known) implements RetryDecision {
      RetryJob billed(CallBilling billing) {
        return new RetryJob(failure.billed(billing), known);
      }
    }
  }

  /**
   * @param attempt the attempt's number, from 1
   * @param call how long the call took, where one was made
   * @param provider the name of the one that was called
   */
  RetryDecision decide(
      AttemptOutcome outcome, int attempt, Optional<Duration> call, String provider) {
    return switch (outcome) {
      case AttemptOutcome.Succeeded succeeded -> complete(succeeded, call, provider);
      case AttemptOutcome.AlreadyStored(var picture) ->
          new RetryDecision.CompleteJob(
              picture,
              call.isPresent() ? CallBilling.UNKNOWN : CallBilling.NOT_CALLED,
              Map.of("source", "store"));
      case AttemptOutcome.Rejected(var code, String reason) ->
          new RetryDecision.FailJob(code.word(), reason, billing(code), details(call));
      case AttemptOutcome.Asynchronous(String reason) ->
          unknown(FailureCode.ASYNCHRONOUS_ANSWER, reason, reason, true, Duration.ZERO);
      case AttemptOutcome.Failed(var code, String reason, String told) ->
          failed(code, told, reason, true, backoff.patiently(attempt)).billed(billing(code));
      case AttemptOutcome.OutcomeUnknown(String reason, String told) ->
          unknown(FailureCode.OUTCOME_UNKNOWN, told, reason, true, backoff.patiently(attempt));
      case AttemptOutcome.CancelledInFlight(String reason) ->
          unknown(FailureCode.OUTCOME_UNKNOWN, reason, reason, false, Duration.ZERO);
      case AttemptOutcome.Unavailable(var retryAfter, String reason, String told) ->
          waits(FailureCode.PROVIDER_UNAVAILABLE, told, reason, asked(retryAfter, attempt));
      case AttemptOutcome.RateLimited(var retryAfter, String reason) ->
          waits(
              FailureCode.RATE_LIMITED,
              Provider.title(provider) + RATE_LIMITED,
              reason,
              asked(retryAfter, attempt));
      case AttemptOutcome.NotSent(String reason) ->
          waits(
              FailureCode.PROVIDER_UNAVAILABLE,
              Provider.title(provider) + UNREACHABLE,
              reason,
              backoff.after(attempt));
      case AttemptOutcome.CancelledBeforeSend(String reason) ->
          waits(FailureCode.WITHDRAWN, reason, reason, Duration.ZERO);
      case AttemptOutcome.CircuitOpen(String reason) ->
          waits(FailureCode.PROVIDER_UNAVAILABLE, reason, reason, backoff.notBefore(circuitPause));
      case AttemptOutcome.Misconfigured(var refusal, String reason, boolean ofAll) ->
          waits(
              FailureCode.MISCONFIGURED,
              refusal.sentence(Provider.title(provider)),
              reason,
              ofAll ? backoff.notBefore(circuitPause) : backoff.afterUncounted(attempt));
      case AttemptOutcome.Forbidden(String reason, String told, boolean _) ->
          failed(FailureCode.ACCESS_REFUSED, told, reason, true, backoff.patiently(attempt));
      case AttemptOutcome.NotStored(String reason) ->
          waits(FailureCode.PICTURE_NOT_STORED, NOT_STORED, reason, backoff.afterUncounted(attempt))
              .billed(CallBilling.YES);
    };
  }

  private static RetryDecision complete(
      AttemptOutcome.Succeeded outcome, Optional<Duration> call, String provider) {
    var details = details(call);
    details.put("source", provider);
    details.put("savingMillis", outcome.saving().toMillis());
    if (!outcome.isOfAskedSize()) {
      details.put("asked", outcome.asked());
    }
    return new RetryDecision.CompleteJob(outcome.picture(), CallBilling.YES, details);
  }

  /** What came with a 200 may be billed, whatever it was; what was refused is not. */
  private static CallBilling billing(FailureCode code) {
    return code == FailureCode.BAD_REPLY || code == FailureCode.UNUSABLE_PICTURE
        ? CallBilling.UNKNOWN
        : CallBilling.NO;
  }

  private static Map<String, Object> details(Optional<Duration> call) {
    var details = new HashMap<String, Object>();
    call.ifPresent(took -> details.put("callMillis", took.toMillis()));
    return details;
  }

  private Duration asked(@Nullable Duration retryAfter, int attempt) {
    var own = backoff.after(attempt);
    if (retryAfter == null) {
      return own;
    }
    var asked = backoff.notBefore(retryAfter);
    return retryAfter.isZero() && own.compareTo(asked) > 0 ? own : asked; // "at once" is no wait
  }

  private static RetryDecision.RetryJob waits(
      FailureCode code, String told, String known, Duration delay) {
    return failed(code, told, known, false, delay);
  }

  private static RetryDecision.RetryJob failed(
      FailureCode code, String told, String known, boolean counts, Duration delay) {
    return new RetryDecision.RetryJob(
        new RetryableFailure(Step.ATTEMPT_FAILED, code.word(), told, counts, delay), known);
  }

  private static RetryDecision unknown(
      FailureCode code, String told, String known, boolean counts, Duration delay) {
    return new RetryDecision.RetryJob(
        new RetryableFailure(Step.ATTEMPT_OUTCOME_UNKNOWN, code.word(), told, counts, delay),
        known);
  }
}
