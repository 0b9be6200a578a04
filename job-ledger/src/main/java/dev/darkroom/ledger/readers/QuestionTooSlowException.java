package dev.darkroom.ledger.readers;

import org.springframework.dao.QueryTimeoutException;

/** A reader's time was over before the result was complete. */
public final class QuestionTooSlowException extends QueryTimeoutException {
  QuestionTooSlowException() {
    super("the time for this query is over");
  }
}
