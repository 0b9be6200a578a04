package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.RescheduleJobs.Rescheduled;
import dev.darkroom.ledger.jobs.RescueJobs;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sees to it that no job stays with a worker that is gone, or open beyond its deadline. */
@Component
final class RescueStalledJobs {
  private static final Logger log = LoggerFactory.getLogger(RescueStalledJobs.class);
  private static final int LAPSED_PER_ROUND = 100;
  private static final int OVERDUE_PER_ROUND = 500;

  /**
   * A picture that was saved is worth a while beyond the deadline; a store that does not answer is
   * not.
   */
  private static final Duration UNTIL_LOOKED_FOR = Duration.ofSeconds(10);

  private final RescueJobs ledger;
  private final CompleteFromStore store;
  private final EventPublisher events;
  private final Duration grace;
  private final LedgerAnswering answering;
  private final Counter rescued;
  private final Counter completed;
  private final Counter exhausted;
  private final Counter overdue;

  RescueStalledJobs(
      RescueJobs ledger,
      CompleteFromStore store,
      EventPublisher events,
      RescueSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.ledger = ledger;
    this.store = store;
    this.events = events;
    this.grace = settings.grace();
    this.answering = new LedgerAnswering(clock);
    this.rescued = counter(meters, "due_again");
    this.completed = counter(meters, "completed_from_store");
    this.exhausted = counter(meters, "attempts_exhausted");
    this.overdue = counter(meters, "deadline_exceeded");
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("darkroom.rescue.jobs")
        .description(
            "Jobs taken from silent workers or ended at their deadline, by what became of them")
        .tag("outcome", outcome)
        .register(meters);
  }

  /** True where there may be more to do at once. */
  boolean round() {
    // Overdue ones first: taking them from their worker only to end them would log a retry that
    // never comes. And of these first those that need no look: a slow store is not their concern.
    // One that answers and can't be written to did not let workers renew their leases.
    var ended = answering.ask(() -> endOverdue(List.of()));
    var begun = answering.ask(() -> ledger.findOverdueAttempts(OVERDUE_PER_ROUND));
    if (!begun.isEmpty()) {
      var found = completedFromStore(begun);
      endOverdue(found.without());
    }
    var moreLapsed = rescueLapsed();
    return isFull(ended, OVERDUE_PER_ROUND) || moreLapsed;
  }

  private List<FinishedJob> endOverdue(List<Attempt> without) {
    var ended = ledger.endOverdue(OVERDUE_PER_ROUND, without, UNTIL_LOOKED_FOR);
    ended.forEach(this::ended);
    return ended;
  }

  /** Only a ledger that could be reached all the while can tell who fell silent. */
  private boolean rescueLapsed() {
    if (!answering.hasFor(grace)) {
      return false;
    }
    var lapsed = ledger.findLapsed(LAPSED_PER_ROUND);
    if (!lapsed.isEmpty()) {
      var found = completedFromStore(lapsed);
      Stream.concat(found.without().stream(), found.unknown().stream())
          .forEach(attempt -> rescued(ledger.rescueIfLapsed(attempt)));
    }
    return isFull(lapsed, LAPSED_PER_ROUND);
  }

  private CompleteFromStore.Found completedFromStore(List<Attempt> attempts) {
    var found = store.tryComplete(attempts);
    found
        .completed()
        .forEach(job -> {
          completed.increment();
          events.publish(job);
          log.atWarn()
              .addKeyValue("request_id", job.event().requestId())
              .addKeyValue("attempt", job.event().attempts())
              .log(
                  "a worker fell silent after it had saved the picture; the job has completed with it");
        });
    return found;
  }

  private static boolean isFull(List<?> round, int limit) {
    return round.size() == limit;
  }

  private void ended(FinishedJob job) {
    overdue.increment();
    events.publish(job);
    log.atWarn()
        .addKeyValue("request_id", job.event().requestId())
        .addKeyValue("attempts", job.event().attempts())
        .log("the deadline has passed; the job has failed");
  }

  private void rescued(Rescheduled outcome) {
    switch (outcome) {
      case Rescheduled.DueAgain(var requestId, _) -> {
        rescued.increment();
        log.atWarn()
            .addKeyValue("request_id", requestId)
            .log("a worker fell silent; its job is due again and goes to another one");
      }
      case Rescheduled.Exhausted(var job) -> {
        exhausted.increment();
        events.publish(job);
        log.atWarn()
            .addKeyValue("request_id", job.event().requestId())
            .addKeyValue("attempts", job.event().attempts())
            .log("a worker fell silent during the last attempt; the job has failed");
      }
      case Rescheduled.NotHeld _ -> {
        // its worker reported in the meantime
      }
    }
  }
}
