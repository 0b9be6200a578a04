package dev.darkroom.gateway.dispatch;

import dev.darkroom.gateway.picture.UnneededPictures;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Publishes dispatched jobs and completion events that should be on Kafka and are not. */
@Component
final class OutboxSweeper {
  private final JobOutbox jobOutbox;
  private final JobPublisher publisher;
  private final EventOutbox eventOutbox;
  private final EventPublisher events;
  private final UnneededPictures pictures;
  private final ProducerHealth producerHealth;
  private final int batchSize;

  /**
   * While Kafka is away one job probes it; a whole batch would only be reserved in vain. Kafka may
   * be away for this gateway alone, so others have the first chance.
   */
  private final Duration leftToOthers;

  private final Counter swept;

  OutboxSweeper(
      JobOutbox jobOutbox,
      JobPublisher publisher,
      EventOutbox eventOutbox,
      EventPublisher events,
      UnneededPictures pictures,
      ProducerHealth producerHealth,
      OutboxSettings settings,
      MeterRegistry meters) {
    this.jobOutbox = jobOutbox;
    this.publisher = publisher;
    this.eventOutbox = eventOutbox;
    this.events = events;
    this.pictures = pictures;
    this.producerHealth = producerHealth;
    this.batchSize = settings.batch();
    this.leftToOthers = settings.sweep().multipliedBy(2);
    this.swept =
        Counter.builder("darkroom.outbox.swept")
            .description("Jobs that a sweep of this gateway reserved to publish")
            .register(meters);
  }

  /** True if there may be more to do at once. */
  boolean round() {
    if (producerHealth.isPaused()) {
      return false;
    }
    var moreJobs = publishJobs();
    return publishEvents(producerHealth.isStalled() ? 1 : batchSize) || moreJobs;
  }

  private boolean publishJobs() {
    var due =
        producerHealth.isStalled()
            ? jobOutbox.reserveOverdue(1, leftToOthers)
            : jobOutbox.reserveDue(batchSize);
    swept.increment(due.size());
    publisher.sendAndAwait(due);
    return due.size() == batchSize && !producerHealth.isStalled();
  }

  private boolean publishEvents(int limit) {
    if (events.waiting() > 0) {
      return false; // Kafka is slow or away; more of them would only queue up
    }
    var unpublished = eventOutbox.reserveUnpublished(limit);
    for (var job : unpublished) {
      pictures.deleteOf(job);
      events.publish(job);
    }
    return unpublished.size() == limit;
  }
}
