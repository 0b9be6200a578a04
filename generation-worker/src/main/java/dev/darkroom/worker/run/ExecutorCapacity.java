package dev.darkroom.worker.run;

import dev.darkroom.model.JobMessage;
import java.time.Duration;
import java.util.List;

/** How many jobs this worker can run, as the consumer of jobs sees it. */
public interface ExecutorCapacity {
  /** How many jobs may run at once. */
  int total();

  /**
   * How many jobs may be taken now: none while all slots are busy, calls to Nebius are paused, or
   * the rate limit is used up.
   */
  int available();

  /** Waits until there is capacity, for as long as given at most. */
  void awaitAvailable(Duration atMost) throws InterruptedException;

  /**
   * Claims these jobs in the ledger and begins those it got; the others have ended, or run in other
   * workers, or the ledger has lost them, and they are put back to be published again. For one
   * thread.
   *
   * @param jobs not more than are {@link #available()}
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the same
   *     may be tried again
   */
  void claimAndRun(List<JobMessage> jobs);

  /**
   * Finds out whether the ledger takes a claim, without one.
   *
   * @throws org.springframework.dao.DataAccessException where it does not
   */
  void tryLedger();
}
