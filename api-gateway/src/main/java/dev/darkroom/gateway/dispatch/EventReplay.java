package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.LostEvents;
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
 * Leaves completion events to the sweep to be sent again where their topic was created anew, with
 * all that consumers might not have read: as far back as the topic's retention, a slice at a look.
 */
@Component
final class EventReplay {
  private static final Logger log = LoggerFactory.getLogger(EventReplay.class);
  private static final int SLICE = 1_000;

  private final TopicInitializer topics;
  private final LostEvents ledger;
  private final Queue<JobStatus> toDo = new ArrayDeque<>();
  private @Nullable String topicId;
  private Instant movedAt = Instant.EPOCH;
  private Instant after = Instant.EPOCH;
  private long released;

  EventReplay(TopicInitializer topics, LostEvents ledger) {
    this.topics = topics;
    this.ledger = ledger;
  }

  /** True where there is more to look through; what was found is sent before the next look. */
  boolean round() {
    topics.eventsTopicId().filter(id -> !id.equals(topicId)).ifPresent(this::begin);
    var ended = toDo.peek();
    if (ended == null) {
      return false;
    }
    var slice = ledger.release(ended, after, movedAt, SLICE);
    if (slice.isEmpty()) {
      finish();
      return !toDo.isEmpty();
    }
    after = slice.get().until();
    released += slice.get().released();
    return slice.get().released() == 0;
  }

  private void begin(String current) {
    ledger
        .movedAt(Topics.EVENTS, current)
        .ifPresent(since -> {
          topicId = current;
          movedAt = since;
          after = ledger.horizon(topics.eventRetention());
          toDo.clear();
          toDo.addAll(List.of(JobStatus.COMPLETED, JobStatus.FAILED));
        });
  }

  private void finish() {
    toDo.remove();
    after = ledger.horizon(topics.eventRetention());
    if (toDo.isEmpty() && released > 0) {
      log.atWarn()
          .addKeyValue("events", released)
          .log(
              "the topic of events was created anew; the completion events that were in it are sent again");
      released = 0;
    }
  }
}
