package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.messaging.TopicInitializer;
import dev.darkroom.model.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes due again what was on a topic that was created anew: all enqueued jobs, and the completion
 * events that consumers may not have read, as far back as the topic's retention and one slice a
 * round.
 */
@Component
final class LostTopicReplay {
  private static final Logger log = LoggerFactory.getLogger(LostTopicReplay.class);
  private static final int SLICE = 1_000;

  private final TopicInitializer topics;
  private final JobOutbox jobOutbox;
  private final EventOutbox eventOutbox;
  private final Counter lost;
  private @Nullable String jobsTopicId;
  private @Nullable String eventsTopicId;
  private long released;

  LostTopicReplay(
      TopicInitializer topics, JobOutbox jobOutbox, EventOutbox eventOutbox, MeterRegistry meters) {
    this.topics = topics;
    this.jobOutbox = jobOutbox;
    this.eventOutbox = eventOutbox;
    this.lost =
        Counter.builder("darkroom.outbox.lost")
            .description("Jobs whose record was lost with its topic; they are published again")
            .register(meters);
  }

  /** True if the next slice can follow at once; events that were found are sent before it. */
  boolean round() {
    topics.jobsTopicId().filter(id -> !id.equals(jobsTopicId)).ifPresent(this::releaseJobs);
    topics.eventsTopicId().filter(id -> !id.equals(eventsTopicId)).ifPresent(this::rememberEvents);
    return eventsTopicId != null && releaseEvents();
  }

  private void releaseJobs(String current) {
    var jobs = jobOutbox.releaseAllIfMoved(Topics.JOBS, current);
    jobsTopicId = current;
    if (jobs > 0) {
      lost.increment(jobs);
      log.atWarn()
          .addKeyValue("jobs", jobs)
          .log("the topic of jobs was created anew; its jobs are published again");
    }
  }

  private void rememberEvents(String current) {
    eventOutbox.remember(Topics.EVENTS, current);
    eventsTopicId = current;
  }

  private boolean releaseEvents() {
    var slice = eventOutbox.replay(Topics.EVENTS, topics.eventRetention(), SLICE);
    if (slice.isEmpty()) {
      logReleased();
      return false;
    }
    released += slice.getAsInt();
    return slice.getAsInt() == 0;
  }

  private void logReleased() {
    if (released > 0) {
      log.atWarn()
          .addKeyValue("events", released)
          .log("the topic of events was created anew; its completion events are sent again");
      released = 0;
    }
  }
}
