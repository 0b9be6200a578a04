package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;

/** What became of a job that was to be accepted. */
public sealed interface Acceptance {
  /**
   * It is durable.
   *
   * @param letGo whether the caller publishes it; otherwise it waits for its turn in the ledger,
   *     and is reserved for nobody
   */
  record Accepted(DueJob job, boolean letGo) implements Acceptance {}

  /** Its key stands for this job, which asks for the same; nothing was written. */
  record Replayed(RequestId first) implements Acceptance {}

  /** Its key stands for this job, which asks for something else; nothing was written. */
  record KeyReused(RequestId first) implements Acceptance {}
}
