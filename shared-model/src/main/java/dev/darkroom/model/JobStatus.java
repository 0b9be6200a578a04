package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A job's status. The ledger, the log, replies and event types use the same words. */
public enum JobStatus {
  /** Accepted; no worker has called Nebius yet. */
  STARTED,
  /** A worker runs it, or it waits for its next attempt. */
  PROCESSING,
  /** Finished with a picture. */
  COMPLETED,
  /** Finished without a picture. */
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
