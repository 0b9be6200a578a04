package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Ensures that no job stays with a worker that is gone, or open beyond its deadline. */
@Component
final class JobRescuer {
  private static final Logger log = LoggerFactory.getLogger(JobRescuer.class);
  private static final int LAPSED_PER_ROUND = 100;
  private static final int OVERDUE_PER_ROUND = 500;

  /**
   * So long a job is kept open beyond its deadline if the store can't say whether it has a picture.
   */
  private static final Duration UNTIL_LOOKED_FOR = Duration.ofSeconds(10);

  private final JobQueries jobQueries;
  private final JobStore jobStore;
  private final WorkerStore workerStore;
  private final OutcomeStore outcomeStore;
  private final StoredPictureCompleter completer;
  private final EventPublisher events;
  private final Duration grace;
  private final LedgerUptime ledgerUptime;
  private final MeterRegistry meters;

  JobRescuer(
      JobQueries jobQueries,
      JobStore jobStore,
      WorkerStore workerStore,
      OutcomeStore outcomeStore,
      StoredPictureCompleter completer,
      EventPublisher events,
      RescueSettings settings,
      MeterRegistry meters) {
    this.jobQueries = jobQueries;
    this.jobStore = jobStore;
    this.workerStore = workerStore;
    this.outcomeStore = outcomeStore;
    this.completer = completer;
    this.events = events;
    this.grace = settings.grace();
    this.ledgerUptime =
        new LedgerUptime(
            jobQueries::ledgerTime, settings.sweep().plus(settings.grace()), System::nanoTime);
    this.meters = meters;
    Stream.of("due_again", "completed_from_store", "attempts_exhausted", "deadline_exceeded")
        .forEach(this::counter);
  }

  private Counter counter(String outcome) {
    return Counter.builder("darkroom.rescue.jobs")
        .description("Jobs taken from silent workers or ended at their deadline, by outcome")
        .tag("outcome", outcome)
        .register(meters);
  }

  @Bean
  BackgroundLoop jobRescuerLoop(RescueSettings settings) {
    return new BackgroundLoop("rescue-stalled-jobs", settings.sweep(), this::round);
  }

  /** True if there may be more to do at once. */
  boolean round() {
    // Overdue jobs first: taking them from their worker only to end them would log a retry that
    // never comes. Of these first the ones that need no look: a slow store must not delay them.
    // A ledger that answers and takes no writes did not let workers renew their leases either.
    var ended = ledgerUptime.ask(() -> endOverdue(List.of()));
    var begun = ledgerUptime.ask(() -> jobQueries.findOverdueAttempts(OVERDUE_PER_ROUND));
    if (!begun.isEmpty()) {
      endOverdue(completeFromStore(begun).without());
    }
    var moreLapsed = rescueLapsed();
    return ended.size() == OVERDUE_PER_ROUND || moreLapsed;
  }

  private List<FinishedJob> endOverdue(List<Attempt> without) {
    var ended = outcomeStore.endOverdue(OVERDUE_PER_ROUND, without, UNTIL_LOOKED_FOR);
    ended.forEach(
        job -> publish(job, "deadline_exceeded", "the deadline has passed; the job has failed"));
    return ended;
  }

  /** A lapsed lease proves nothing while workers could not reach the ledger to renew theirs. */
  private boolean rescueLapsed() {
    // looked for before the ledger's time is: a step of its clock that made leases lapse is noticed
    var lapsed = jobQueries.findLapsed(LAPSED_PER_ROUND);
    if (!ledgerUptime.hasLasted(grace)) {
      return false;
    }
    if (lapsed.isEmpty()) {
      workerStore.forgetSilentWorkers();
    } else {
      var found = completeFromStore(lapsed);
      Stream.concat(found.without().stream(), found.unknown().stream()).forEach(this::rescue);
    }
    return lapsed.size() == LAPSED_PER_ROUND;
  }

  private StoredPictureCompleter.CompletedJobs completeFromStore(List<Attempt> attempts) {
    var found = completer.tryComplete(attempts);
    found
        .completed()
        .forEach(job ->
            publish(
                job,
                "completed_from_store",
                "the worker went silent after it had stored the picture; the job is completed"));
    return found;
  }

  private void rescue(Attempt attempt) {
    switch (jobStore.rescueIfLapsed(attempt)) {
      case Rescheduled.DueAgain(var requestId, _) -> {
        counter("due_again").increment();
        log.atWarn()
            .addKeyValue("request_id", requestId)
            .addKeyValue("attempt", attempt.number())
            .log("the worker went silent; the job is due again for another one");
      }
      case Rescheduled.Exhausted(var job) ->
          publish(
              job,
              "attempts_exhausted",
              "the worker went silent during the last attempt; the job has failed");
      case Rescheduled.NotHeld _ -> {
        // its worker reported in the meantime
      }
    }
  }

  private void publish(FinishedJob job, String outcome, String message) {
    counter(outcome).increment();
    events.publish(job);
    log.atWarn()
        .addKeyValue("request_id", job.event().requestId())
        .addKeyValue("attempts", job.event().attempts())
        .log(message);
  }
}
