package dev.darkroom.worker.run;

import dev.darkroom.model.JobMessage;
import java.time.Duration;
import java.util.List;

/** Room for jobs in this worker, as the intake sees it. */
public interface JobSlots {
  /** How many jobs may be under way at once. */
  int total();

  /**
   * How many jobs may be taken now: none while all slots are busy, the way to Nebius is closed, or
   * the quota is used up.
   */
  int room();

  /** Waits until there is room, for as long as given at most. */
  void awaitRoom(Duration atMost) throws InterruptedException;

  /**
   * Claims these jobs in the ledger and begins those it got; the others have ended or are in other
   * hands. For one thread.
   *
   * @param messages not more than there is {@link #room()} for
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; nothing
   *     was begun, and the same may be tried again
   */
  void take(List<JobMessage> messages);

  /**
   * Finds out whether the ledger takes a claim, without one.
   *
   * @throws org.springframework.dao.DataAccessException where it does not
   */
  void tryLedger();
}
