package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;

/** The result of accepting a job. */
public sealed interface Acceptance {
  /**
   * The job is durable.
   *
   * @param dispatched whether the caller publishes it; otherwise it waits in the ledger for its
   *     turn
   */
  record Accepted(DueJob job, boolean dispatched) implements Acceptance {}

  /** The key stands for this job, which asks for the same; nothing was written. */
  record Replayed(RequestId first) implements Acceptance {}

  /** The key stands for this job, which asks for something else; nothing was written. */
  record KeyReused(RequestId first) implements Acceptance {}
}
