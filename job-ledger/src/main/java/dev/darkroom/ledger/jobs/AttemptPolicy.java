package dev.darkroom.ledger.jobs;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;

/**
 * How many attempts a job has, and whether one of unknown outcome is followed by another. Asked in
 * one place, the statement that ends an attempt, so that workers and rescuers can't disagree.
 *
 * @param maxAttempts attempts that count before the job fails
 */
record AttemptPolicy(int maxAttempts, UnknownOutcomePolicy onUnknownOutcome) {

  /**
   * Whether the job ends with this setback, however few attempts it has had. An endpoint that
   * begins tasks would begin another for each attempt, whatever is chosen for outcomes that are
   * unknown.
   */
  boolean endsWith(Setback setback) {
    return setback.outcome() == Step.ATTEMPT_OUTCOME_UNKNOWN
        && (onUnknownOutcome == UnknownOutcomePolicy.FAIL
            || setback.code().equals(FailureCode.ASYNCHRONOUS_ANSWER.word()));
  }
}
