package dev.darkroom.ledger.jobs;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;

/**
 * How many attempts a job has, and whether an attempt with an unknown outcome is followed by
 * another. Only the statement that ends an attempt asks it, so that workers and gateways can't
 * disagree.
 *
 * @param maxAttempts attempts that count before the job fails
 */
public record AttemptPolicy(int maxAttempts, UnknownOutcomePolicy onUnknownOutcome) {
  /**
   * Attempts of any kind: a fault that never counts must not go round for ever. After the last one
   * the job waits for its deadline.
   */
  static final int MOST = 50;

  /** From this attempt on, those that don't count are spread over the time until the deadline. */
  static final int SPREAD_FROM = 25;

  /** What to do with a job whose last call may or may not have been carried out and billed. */
  public enum UnknownOutcomePolicy {
    /** Call again: there is a picture in the end, and now and then a second bill. */
    RETRY,
    /** End the job: never a second bill. */
    FAIL
  }

  /**
   * Whether the job ends with this failure, however few attempts it has had. An endpoint that
   * starts asynchronous tasks would start another one for each attempt, so such a job always ends.
   */
  boolean endsWith(RetryableFailure failure) {
    return failure.outcome() == Step.ATTEMPT_OUTCOME_UNKNOWN
        && (onUnknownOutcome == UnknownOutcomePolicy.FAIL
            || failure.code().equals(FailureCode.ASYNCHRONOUS_ANSWER.word()));
  }
}
