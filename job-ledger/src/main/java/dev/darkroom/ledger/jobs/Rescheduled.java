package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;
import java.time.Instant;

/** What became of a job whose attempt ended without a picture. */
public sealed interface Rescheduled {
  /** The job is due again then, and published then. */
  record DueAgain(RequestId requestId, Instant dueAt) implements Rescheduled {}

  /** That was its last attempt. */
  record Exhausted(FinishedJob job) implements Rescheduled {}

  /** The job has ended, or another attempt holds it; nothing was written. */
  record NotHeld(RequestId requestId) implements Rescheduled {}
}
