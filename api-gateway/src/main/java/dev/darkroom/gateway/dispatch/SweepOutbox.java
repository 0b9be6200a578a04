package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.EventOutbox;
import dev.darkroom.ledger.jobs.JobOutbox;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Publishes what should be on Kafka and is not: jobs that were let go and whose publish was missed,
 * and completion events that were missed.
 */
final class SweepOutbox {
  private final JobOutbox jobs;
  private final SendJobs sendJobs;
  private final KafkaFlow flow;
  private final MissedEvents missedEvents;
  private final int batch;

  /**
   * While Kafka is away one job finds out when it is back; a whole batch would only be reserved in
   * vain. It may be away for this gateway alone, so others have the first chance.
   */
  private final Duration leftToOthers;

  private final Counter swept;

  /** Ended jobs whose event is missing, and the way to tell it. */
  record MissedEvents(EventOutbox outbox, EventPublisher events) {
    /** True where there may be more. */
    boolean publish(int limit) {
      if (events.waiting() > 0) {
        return false; // Kafka is slow or away; more of them would only queue up
      }
      var unpublished = outbox.reserveUnpublished(limit);
      unpublished.forEach(events::publish);
      return unpublished.size() == limit;
    }
  }

  SweepOutbox(
      JobOutbox jobs,
      SendJobs sendJobs,
      KafkaFlow flow,
      MissedEvents missedEvents,
      OutboxSettings settings,
      MeterRegistry meters) {
    this.jobs = jobs;
    this.sendJobs = sendJobs;
    this.flow = flow;
    this.missedEvents = missedEvents;
    this.batch = settings.batch();
    this.leftToOthers = settings.sweep().multipliedBy(2);
    this.swept =
        Counter.builder("darkroom.outbox.swept")
            .description("Jobs that a sweep of this gateway took on to publish")
            .register(meters);
  }

  /** True where there may be more to do at once. */
  boolean round() {
    if (flow.rests()) {
      return false;
    }
    var more = publishJobs();
    return missedEvents.publish(flow.isStalled() ? 1 : batch) || more;
  }

  private boolean publishJobs() {
    var due = flow.isStalled() ? jobs.reserveOverdue(1, leftToOthers) : jobs.reserveDue(batch);
    swept.increment(due.size());
    sendJobs.sendAndAwait(due);
    return due.size() == batch && !flow.isStalled();
  }
}
