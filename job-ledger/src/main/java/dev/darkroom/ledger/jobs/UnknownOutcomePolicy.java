package dev.darkroom.ledger.jobs;

/** What to do with a job whose last call may or may not have been carried out and billed. */
public enum UnknownOutcomePolicy {
  /**
   * Call again: a picture in the end, at the price of a second bill now and then, which the log
   * shows.
   */
  RETRY,
  /** End the job: never a second bill. */
  FAIL
}
