package dev.darkroom.ledger.connection;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Stops the start. The message never repeats the URL, which holds a password. */
final class InvalidDatabaseUrlException extends IllegalArgumentException {
  InvalidDatabaseUrlException(String reason) {
    this("DATABASE_URL", reason);
  }

  InvalidDatabaseUrlException(String setting, String reason) {
    super(setting + " is not usable: " + reason);
  }

  /** Tells what to set, instead of a stack trace. */
  static final class DatabaseUrlFailureAnalyzer
      extends AbstractFailureAnalyzer<InvalidDatabaseUrlException> {
    @Override
    protected FailureAnalysis analyze(
        Throwable rootFailure, InvalidDatabaseUrlException invalidUrl) {
      return new FailureAnalysis(
          invalidUrl.getMessage() + ".",
          "Set DATABASE_URL to jdbc:postgresql://host:port/database?user=…&password=…"
              + " or postgresql://user:password@host:port/database.",
          invalidUrl);
    }
  }
}
