package dev.darkroom.gateway;

import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what to do about a database of another version, instead of a list of checksums. */
final class OtherSchemaFailureAnalyzer extends AbstractFailureAnalyzer<FlywayValidateException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, FlywayValidateException other) {
    return new FailureAnalysis(
        "The database was migrated by another version of Darkroom, and this one can't continue from there.",
        "Use the version that migrated it. Migrations were written anew before the first release;"
            + " if its jobs are not needed, start with an empty database, the local stack with"
            + " -Dspring-boot.run.arguments=--fresh.",
        other);
  }
}
