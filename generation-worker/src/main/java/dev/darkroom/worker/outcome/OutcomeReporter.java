package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.CallBilling;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.Providers;
import dev.darkroom.worker.outcome.RetryPolicy.RetryDecision;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes an attempt's outcome into the ledger and publishes the event of a job that ended. */
public final class OutcomeReporter {
  private static final Logger log = LoggerFactory.getLogger(OutcomeReporter.class);

  private final RetryPolicy policy;
  private final OutcomeStore outcomes;
  private final JobStore jobs;
  private final JobQueries queries;
  private final PictureStore store;
  private final EventPublisher events;
  private final Providers providers;

  OutcomeReporter(
      RetryPolicy policy,
      OutcomeStore outcomes,
      JobStore jobs,
      JobQueries queries,
      PictureStore store,
      EventPublisher events,
      Providers providers) {
    this.policy = policy;
    this.outcomes = outcomes;
    this.jobs = jobs;
    this.queries = queries;
    this.store = store;
    this.events = events;
    this.providers = providers;
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
      ClaimedJob job, AttemptOutcome outcome, Optional<Duration> call, Duration timeLeft) {
    var attempt = job.attempt();
    switch (policy.decide(outcome, attempt.number(), call, job.provider())) {
      case RetryDecision.CompleteJob(var picture, var billing, var details) ->
          complete(attempt, picture, billing, details);
      case RetryDecision.FailJob(String code, String reason, var billing, var details) ->
          ended(
              attempt,
              outcomes.failIfCurrent(
                  attempt, Step.NEBIUS_API_ERROR, code, reason, billing, details));
      case RetryDecision.RetryJob(RetryableFailure failure, String known) -> {
        var due = failure.dueBeforeDeadline(timeLeft);
        tryAgain(job, call.map(due::afterCallOf).orElseGet(due::withoutCall), known);
      }
    }
  }

  private void complete(
      Attempt attempt, StoredPicture picture, CallBilling billing, Map<String, ?> more) {
    var recorded =
        new PictureRecord(
            picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
    var details = new HashMap<String, Object>(more);
    details.put("width", picture.width());
    details.put("height", picture.height());
    var job = outcomes.completeIfCurrent(attempt, recorded, billing, details);
    if (job.isPresent()) {
      deleteUnneeded(attempt.requestId(), picture.sha256());
    } else { // an open job may still be completed with it
      queries
          .find(attempt.requestId(), Visibility.ALL)
          .filter(found -> found.status().isTerminal())
          .ifPresent(found ->
              deleteUnneeded(
                  attempt.requestId(), found.picture() == null ? null : found.picture().sha256()));
    }
    ended(attempt, job);
  }

  /**
   * Deletes pictures that were stored too late or in the same moment.
   *
   * @param needed sha256 of the job's picture; null if the job has failed
   */
  private void deleteUnneeded(RequestId id, @Nullable String needed) {
    try {
      if (needed != null) {
        store.settle(id, needed);
      } else if (store.delete(id)) {
        log.atWarn()
            .addKeyValue("request_id", id)
            .log("the picture was stored after its job had failed; it was deleted");
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", id)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("could not delete a picture that its job does not need");
    }
  }

  /**
   * The job does not wait for this provider where another one takes calls: there is surely no
   * picture of it here. While its circuit breaker is open it waits no longer than until the next
   * probe.
   */
  private RetryableFailure hasten(ClaimedJob job, RetryableFailure failure) {
    var ofProvider =
        failure.outcome() == Step.ATTEMPT_FAILED
            && FailureCode.of(failure.code()).filter(FailureCode::isOfProvider).isPresent();
    if (ofProvider && providers.isOtherNext(job.model(), job.provider(), job.attempt().number())) {
      return failure.dueWithin(Duration.ZERO);
    }
    return failure.counts() || !failure.code().equals(FailureCode.PROVIDER_UNAVAILABLE.word())
        ? failure
        : providers.untilProbe(job.model()).map(failure::dueWithin).orElse(failure);
  }

  private void tryAgain(ClaimedJob claimed, RetryableFailure failure, String known) {
    var attempt = claimed.attempt();
    switch (jobs.rescheduleIfHeld(attempt, hasten(claimed, failure))) {
      case Rescheduled.DueAgain(var id, var dueAt) ->
          log.atWarn()
              .addKeyValue("request_id", id)
              .addKeyValue("attempt", attempt.number())
              .addKeyValue("provider", claimed.provider())
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
