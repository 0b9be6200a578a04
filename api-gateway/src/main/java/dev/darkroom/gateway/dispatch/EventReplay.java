package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.messaging.TopicInitializer;
import dev.darkroom.model.Topics;
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
  private @Nullable String topicId;
  private long released;

  EventReplay(TopicInitializer topics, EventOutbox eventOutbox) {
    this.topics = topics;
    this.eventOutbox = eventOutbox;
  }

  /** True if the next slice can follow at once; events that were found are sent before it. */
  boolean round() {
    topics.eventsTopicId().filter(id -> !id.equals(topicId)).ifPresent(this::remember);
    if (topicId == null) {
      return false;
    }
    var slice = eventOutbox.replay(Topics.EVENTS, topics.eventRetention(), SLICE);
    if (slice.isEmpty()) {
      logReleased();
      return false;
    }
    released += slice.getAsInt();
    return slice.getAsInt() == 0;
  }

  private void remember(String current) {
    eventOutbox.remember(Topics.EVENTS, current);
    topicId = current;
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
