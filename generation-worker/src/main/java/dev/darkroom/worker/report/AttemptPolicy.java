package dev.darkroom.worker.report;

import dev.darkroom.ledger.Setback;
import dev.darkroom.ledger.UnknownOutcomePolicy;
import dev.darkroom.model.Step;

/** How many attempts a job has, and whether one of unknown outcome is followed by another. */
record AttemptPolicy(int maxAttempts, UnknownOutcomePolicy onUnknownOutcome) {

  /** Whether the job ends with this setback, however few attempts it has had. */
  private boolean endsWith(Setback setback) {
    return setback.outcome() == Step.ATTEMPT_OUTCOME_UNKNOWN
        && onUnknownOutcome == UnknownOutcomePolicy.FAIL;
  }

  /** The setback as it counts: the last one always does. */
  Setback weigh(Setback setback) {
    return endsWith(setback)
        ? new Setback(setback.outcome(), setback.code(), setback.reason(), true, setback.delay())
        : setback;
  }

  /** Attempts that may count, given how the last one ended. */
  int allowedAttempts(Setback setback) {
    return endsWith(setback) ? 0 : maxAttempts;
  }
}
