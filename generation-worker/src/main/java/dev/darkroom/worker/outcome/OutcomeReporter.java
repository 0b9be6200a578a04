package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.outcome.RetryPolicy.RetryDecision;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes an attempt's outcome into the ledger and publishes the event of a job that ended. */
public final class OutcomeReporter {
  private static final Logger log = LoggerFactory.getLogger(OutcomeReporter.class);

  private final RetryPolicy policy;
  private final OutcomeStore outcomes;
  private final JobStore jobs;
  private final OrphanPictureCleaner cleaner;
  private final EventPublisher events;
  private final Supplier<Optional<Duration>> untilProbe;

  /**
   * @param untilProbe how long until the circuit breaker lets a call probe; empty while it is
   *     closed
   */
  OutcomeReporter(
      RetryPolicy policy,
      OutcomeStore outcomes,
      JobStore jobs,
      OrphanPictureCleaner cleaner,
      EventPublisher events,
      Supplier<Optional<Duration>> untilProbe) {
    this.policy = policy;
    this.outcomes = outcomes;
    this.jobs = jobs;
    this.cleaner = cleaner;
    this.events = events;
    this.untilProbe = untilProbe;
  }

  /**
   * May be called again where the ledger did not answer: a report that arrived the first time finds
   * the attempt over and changes nothing.
   *
   * @param call how long the attempt's call took, where one was made
   * @param timeLeft until the job's deadline
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer
   */
  public void report(
      Attempt attempt, AttemptOutcome outcome, Optional<Duration> call, Duration timeLeft) {
    switch (policy.decide(outcome, attempt.number(), call)) {
      case RetryDecision.CompleteJob(var picture, var details) ->
          complete(attempt, picture, details);
      case RetryDecision.FailJob(String code, String reason, var details) ->
          ended(
              attempt,
              outcomes.failIfCurrent(attempt, Step.NEBIUS_API_ERROR, code, reason, details));
      case RetryDecision.RetryJob(RetryableFailure failure, String known) -> {
        var due = failure.dueBeforeDeadline(timeLeft);
        tryAgain(attempt, call.isPresent() ? due : due.withoutCall(), known);
      }
    }
  }

  private void complete(Attempt attempt, StoredPicture picture, Map<String, ?> more) {
    var recorded =
        new PictureRecord(
            picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
    var details = new HashMap<String, Object>(more);
    details.put("width", picture.width());
    details.put("height", picture.height());
    var job = outcomes.completeIfCurrent(attempt, recorded, details);
    if (job.isPresent()) {
      cleaner.deleteOthers(attempt.requestId(), picture.sha256());
    } else {
      cleaner.deleteUnneeded(attempt.requestId());
    }
    ended(attempt, job);
  }

  /** While the circuit breaker is open the job waits no longer than until the next probe. */
  private RetryableFailure untilProbe(RetryableFailure failure) {
    return failure.counts() || !failure.code().equals(FailureCode.PROVIDER_UNAVAILABLE.word())
        ? failure
        : untilProbe.get().map(failure::dueWithin).orElse(failure);
  }

  private void tryAgain(Attempt attempt, RetryableFailure failure, String known) {
    switch (jobs.rescheduleIfHeld(attempt, untilProbe(failure))) {
      case Rescheduled.DueAgain(var id, var dueAt) ->
          log.atWarn()
              .addKeyValue("request_id", id)
              .addKeyValue("attempt", attempt.number())
              .addKeyValue("code", failure.code())
              .addKeyValue("reason", known)
              .addKeyValue("due_at", dueAt)
              .log("attempt failed; the job runs again when it is due");
      case Rescheduled.Exhausted(var job) -> {
        log.atWarn()
            .addKeyValue("request_id", attempt.requestId())
            .addKeyValue("attempt", attempt.number())
            .addKeyValue("reason", known)
            .log("attempt failed; the job gets no other attempt");
        ended(attempt, Optional.of(job));
      }
      case Rescheduled.NotHeld _ -> ended(attempt, Optional.empty());
    }
  }

  private void ended(Attempt attempt, Optional<FinishedJob> job) {
    if (job.isEmpty()) {
      log.atInfo()
          .addKeyValue("request_id", attempt.requestId())
          .addKeyValue("attempt", attempt.number())
          .log("the job has ended or runs in another worker; this attempt changes nothing");
      return;
    }
    var event = job.get().event();
    var ended =
        log.atInfo()
            .addKeyValue("request_id", attempt.requestId())
            .addKeyValue("attempt", attempt.number())
            .addKeyValue("status", event.status().word());
    if (event.errorMessage() != null) {
      ended = ended.addKeyValue("reason", event.errorMessage());
    }
    ended.log("job ended");
    events.publish(job.get());
  }
}
