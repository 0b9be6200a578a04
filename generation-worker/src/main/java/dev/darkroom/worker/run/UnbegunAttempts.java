package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Attempts that the ledger gave to this worker, and that it did not begin. They go back without
 * being counted, and the log says that no call was made.
 */
final class UnbegunAttempts {
  private static final Logger log = LoggerFactory.getLogger(UnbegunAttempts.class);
  private static final RetryableFailure NOT_BEGUN =
      new RetryableFailure(
              Step.ATTEMPT_FAILED,
              "withdrawn",
              "No call was made: the worker could not begin the job, and gave it back.",
              false,
              Duration.ZERO)
          .withoutCall();

  private final JobStore ledger;
  private final Set<Attempt> waiting = ConcurrentHashMap.newKeySet();

  UnbegunAttempts(JobStore ledger) {
    this.ledger = ledger;
  }

  void add(Attempt attempt) {
    waiting.add(attempt);
  }

  /** Those that are not back yet. */
  Set<Attempt> waiting() {
    return Set.copyOf(waiting);
  }

  /** As far as the ledger answers; the rest goes back when this is asked for again. */
  void giveBack() {
    for (var attempt : List.copyOf(waiting)) {
      try {
        var _ = ledger.rescheduleIfHeld(attempt, NOT_BEGUN);
        waiting.remove(attempt);
      } catch (DataAccessException e) {
        log.atWarn()
            .addKeyValue("jobs", waiting.size())
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log("jobs that were not begun could not be given back yet; it is tried again");
        return;
      }
    }
  }
}
