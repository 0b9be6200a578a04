package dev.darkroom.worker.report;

import dev.darkroom.ledger.Setback;
import dev.darkroom.ledger.UnknownOutcomePolicy;
import dev.darkroom.model.Step;

/** How many attempts a job has, and whether one of unknown outcome is followed by another. */
record AttemptPolicy(int maxAttempts, UnknownOutcomePolicy onUnknownOutcome) {
  /** Attempts that may count, given how the last one ended. */
  int allowedAttempts(Setback setback) {
    return setback.outcome() == Step.ATTEMPT_OUTCOME_UNKNOWN
            && setback.counts()
            && onUnknownOutcome == UnknownOutcomePolicy.FAIL
        ? 0
        : maxAttempts;
  }
}
