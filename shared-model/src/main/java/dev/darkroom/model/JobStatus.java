package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a job has come. The same four words stand in the ledger, in the log, in replies and in
 * event types.
 */
public enum JobStatus {
  /** Accepted; no worker has called Nebius yet. */
  STARTED,
  /** A worker holds it, or it waits for its next attempt. */
  PROCESSING,
  /** Ended with a picture. */
  COMPLETED,
  /** Ended without one. */
  FAILED;

  /** The word on the wire and in the database. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean isTerminal() {
    return this == COMPLETED || this == FAILED;
  }

  public static Optional<JobStatus> of(String word) {
    return Stream.of(values()).filter(status -> status.word().equals(word)).findFirst();
  }
}
