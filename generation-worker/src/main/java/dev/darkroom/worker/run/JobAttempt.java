package dev.darkroom.worker.run;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.CancellableCall;
import dev.darkroom.worker.nebius.Providers;
import dev.darkroom.worker.outcome.OutcomeReporter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** One attempt at a job: a stored picture or a call, then the report to the ledger. */
final class JobAttempt {
  private static final Logger log = LoggerFactory.getLogger(JobAttempt.class);
  private static final long FIRST_WAIT = 200;
  private static final long LONGEST_WAIT = 2_000;

  private final PictureStore store;
  private final Providers providers;
  private final OutcomeReporter reporter;
  private final MeterRegistry meters;

  JobAttempt(
      PictureStore store, Providers providers, OutcomeReporter reporter, MeterRegistry meters) {
    this.store = store;
    this.providers = providers;
    this.reporter = reporter;
    this.meters = meters;
  }

  /**
   * Carries the attempt out.
   *
   * @param reportFor how long to retry reporting to a ledger that does not answer; then the job is
   *     rescued
   * @return whether the ledger took the outcome
   */
  boolean run(ClaimedJob job, CancellableCall call, Duration reportFor)
      throws InterruptedException {
    var started = System.nanoTime();
    var outcome = pictureOrCall(job, call);
    count(outcome, Duration.ofNanos(System.nanoTime() - started));
    return reportUntilTaken(job, outcome, call, reportFor);
  }

  /** A picture that an earlier attempt saved is used, not bought again. */
  private AttemptOutcome pictureOrCall(ClaimedJob job, CancellableCall call) {
    try {
      var stored = stored(job);
      if (stored.isPresent()) {
        return stored.get();
      }
    } catch (IOException e) {
      return new AttemptOutcome.NotStored("The picture store does not answer: " + e.getMessage());
    }
    var client = providers.named(job.provider()).client();
    var outcome = client.call(job.attempt().requestId(), job.parameters(), job.trace(), call);
    return outcome instanceof AttemptOutcome.Succeeded ? outcome : storedMeanwhile(job, outcome);
  }

  /** A worker that was frozen for longer than its lease may still have saved its picture. */
  private AttemptOutcome storedMeanwhile(ClaimedJob job, AttemptOutcome outcome) {
    try {
      return stored(job).orElse(outcome);
    } catch (IOException e) {
      return outcome; // the outcome of the call must be in the log, whatever the store says
    }
  }

  private Optional<AttemptOutcome> stored(ClaimedJob job) throws IOException {
    return store.find(job.attempt().requestId()).map(AttemptOutcome.AlreadyStored::new);
  }

  private boolean reportUntilTaken(
      ClaimedJob job, AttemptOutcome outcome, CancellableCall call, Duration reportFor)
      throws InterruptedException {
    var attempt = job.attempt();
    var giveUp = System.nanoTime() + reportFor.toNanos();
    var wait = FIRST_WAIT;
    while (true) {
      try {
        reporter.report(job, outcome, call.took(), call.timeLeft());
        return true;
      } catch (DataAccessException e) {
        if (System.nanoTime() - giveUp > 0) {
          log.atError()
              .addKeyValue("request_id", attempt.requestId())
              .addKeyValue("attempt", attempt.number())
              .setCause(e)
              .log(
                  "the ledger did not take the outcome; the job is rescued when its lease expires");
          return false;
        }
        // a read-only ledger concerns every job, and has been logged
        (e instanceof ReadOnlyLedgerException ? log.atDebug() : log.atWarn())
            .addKeyValue("request_id", attempt.requestId())
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log("the ledger does not answer; reporting the outcome is retried");
        Thread.sleep(wait);
        wait = Math.min(2 * wait, LONGEST_WAIT);
      }
    }
  }

  private void count(AttemptOutcome outcome, Duration took) {
    var name = outcome.label();
    Timer.builder("darkroom.attempts")
        .description("Attempts at jobs and how long they took, by outcome")
        .tag("outcome", name)
        .register(meters)
        .record(took);
  }
}
