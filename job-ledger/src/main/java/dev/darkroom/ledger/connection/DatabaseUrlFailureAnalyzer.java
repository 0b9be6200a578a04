package dev.darkroom.ledger.connection;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what to set, instead of a stack trace. */
final class DatabaseUrlFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidDatabaseUrlException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidDatabaseUrlException cause) {
    return new FailureAnalysis(
        cause.getMessage() + ".",
        "Set DATABASE_URL to jdbc:postgresql://host:port/database?user=…&password=…"
            + " or postgresql://user:password@host:port/database.",
        cause);
  }
}
