package dev.darkroom.ledger.connection;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to set, instead of a stack trace. */
final class ExplainUnusableDatabaseUrl extends AbstractFailureAnalyzer<UnusableDatabaseUrl> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, UnusableDatabaseUrl cause) {
    return new FailureAnalysis(
        cause.getMessage() + ".",
        "Set DATABASE_URL to jdbc:postgresql://host:port/database?user=…&password=…"
            + " or postgresql://user:password@host:port/database.",
        cause);
  }
}
