package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.messaging.TopicInitializer;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Topics;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes completion events due again if their topic was created anew, for consumers may not have
 * read them: as far back as the topic's retention, one slice a round.
 */
@Component
final class EventReplay {
  private static final Logger log = LoggerFactory.getLogger(EventReplay.class);
  private static final int SLICE = 1_000;

  private final TopicInitializer topics;
  private final EventOutbox eventOutbox;
  private final Queue<JobStatus> toDo = new ArrayDeque<>();
  private @Nullable String topicId;
  private Instant movedAt = Instant.EPOCH;
  private Instant after = Instant.EPOCH;
  private long released;

  EventReplay(TopicInitializer topics, EventOutbox eventOutbox) {
    this.topics = topics;
    this.eventOutbox = eventOutbox;
  }

  /** True if the next slice can follow at once; events that were found are sent before it. */
  boolean round() {
    topics.eventsTopicId().filter(id -> !id.equals(topicId)).ifPresent(this::begin);
    var ended = toDo.peek();
    if (ended == null) {
      return false;
    }
    var slice = eventOutbox.release(ended, after, movedAt, SLICE);
    if (slice.isEmpty()) {
      finish();
      return !toDo.isEmpty();
    }
    after = slice.get().until();
    released += slice.get().released();
    return slice.get().released() == 0;
  }

  private void begin(String current) {
    eventOutbox
        .movedAt(Topics.EVENTS, current)
        .ifPresent(since -> {
          topicId = current;
          movedAt = since;
          after = eventOutbox.horizon(topics.eventRetention());
          toDo.clear();
          toDo.addAll(List.of(JobStatus.COMPLETED, JobStatus.FAILED));
        });
  }

  private void finish() {
    toDo.remove();
    after = eventOutbox.horizon(topics.eventRetention());
    if (toDo.isEmpty() && released > 0) {
      log.atWarn()
          .addKeyValue("events", released)
          .log("the topic of events was created anew; its completion events are sent again");
      released = 0;
    }
  }
}
