package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.Completion;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.Rescheduled;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an attempt's outcome into the ledger, where it decides what becomes of the job, and tells
 * Kafka.
 */
public final class ReportOutcome {
  private static final Logger log = LoggerFactory.getLogger(ReportOutcome.class);

  private final ReadOutcome readings;
  private final OutcomeStore finish;
  private final JobStore reschedule;
  private final DiscardPicture discard;
  private final PublishEvents events;
  private final Supplier<Optional<Duration>> untilProbe;

  /**
   * @param untilProbe how long until the next call may probe; empty while calls are made
   */
  ReportOutcome(
      ReadOutcome readings,
      OutcomeStore finish,
      JobStore reschedule,
      DiscardPicture discard,
      PublishEvents events,
      Supplier<Optional<Duration>> untilProbe) {
    this.readings = readings;
    this.finish = finish;
    this.reschedule = reschedule;
    this.discard = discard;
    this.events = events;
    this.untilProbe = untilProbe;
  }

  /**
   * Reports it once. May be called again where the ledger did not answer: a report that arrived the
   * first time finds the attempt over and changes nothing.
   *
   * @param call how long the attempt's call took, where one was made
   * @param timeLeft until the job's deadline
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer
   */
  public void report(
      Attempt attempt, AttemptOutcome outcome, Optional<Duration> call, Duration timeLeft) {
    switch (readings.read(outcome, attempt.number(), call)) {
      case ReadOutcome.Reading.Complete(var picture, var details) ->
          complete(attempt, picture, details);
      case ReadOutcome.Reading.Fail(String code, String reason, var details) ->
          ended(
              attempt, finish.failIfCurrent(attempt, Step.NEBIUS_API_ERROR, code, reason, details));
      case ReadOutcome.Reading.TryAgain(RetryableFailure setback, String known) -> {
        var due = setback.dueBeforeDeadline(timeLeft);
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
    var job = finish.completeIfCurrent(new Completion(attempt, recorded, details));
    if (job.isPresent()) {
      discard.discardOthers(attempt.requestId(), picture.sha256());
    } else {
      discard.discardUnneeded(attempt.requestId());
    }
    ended(attempt, job);
  }

  /**
   * While no calls are made the job waits for the next probe, if that comes before its own turn.
   */
  private RetryableFailure untilProbe(RetryableFailure setback) {
    return setback.counts() || !setback.code().equals(FailureCode.PROVIDER_UNAVAILABLE.word())
        ? setback
        : untilProbe.get().map(setback::dueWithin).orElse(setback);
  }

  private void tryAgain(Attempt attempt, RetryableFailure setback, String known) {
    switch (reschedule.rescheduleIfHeld(attempt, untilProbe(setback))) {
      case Rescheduled.DueAgain(var id, var dueAt) ->
          log.atWarn()
              .addKeyValue("request_id", id)
              .addKeyValue("attempt", attempt.number())
              .addKeyValue("code", setback.code())
              .addKeyValue("reason", known)
              .addKeyValue("due_at", dueAt)
              .log("attempt ended without a picture; the job runs again when it is due");
      case Rescheduled.Exhausted(var job) -> {
        log.atWarn()
            .addKeyValue("request_id", attempt.requestId())
            .addKeyValue("attempt", attempt.number())
            .addKeyValue("reason", known)
            .log("attempt ended without a picture; the job gets no other");
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
          .log("the job is over or in other hands; this attempt changes nothing");
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
