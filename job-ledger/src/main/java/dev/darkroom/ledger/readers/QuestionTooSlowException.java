package dev.darkroom.ledger.readers;

import org.springframework.dao.QueryTimeoutException;

/** The time for a question was over before it was answered. */
public final class QuestionTooSlowException extends QueryTimeoutException {
  QuestionTooSlowException() {
    super("the time for a question is over");
  }
}
