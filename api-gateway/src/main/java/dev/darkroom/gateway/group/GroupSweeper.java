package dev.darkroom.gateway.group;

import dev.darkroom.ledger.groups.FinishedGroup;
import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Ends the groups whose jobs have all ended, and publishes their events. Nothing that works on jobs
 * has to know of groups. Any number of gateways may do this at the same time; each group is ended
 * by one of them, and its event has the same id whoever sends it.
 */
@Component
final class GroupSweeper {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int BATCH = 100;

  /** Of the time; a look at very many open groups takes longer, and so is taken less often. */
  private static final int SHARE_OF_LOOKS = 20;

  private final GroupStore groups;
  private final EventPublisher events;
  private final List<GroupEndListener> listeners;
  private final Counter ended;
  private long nextLook = System.nanoTime();
  private volatile int unpublished;

  GroupSweeper(
      GroupStore groups,
      EventPublisher events,
      List<GroupEndListener> listeners,
      MeterRegistry meters) {
    this.groups = groups;
    this.events = events;
    this.listeners = listeners;
    this.ended =
        Counter.builder("darkroom.groups.ended")
            .description("Groups whose end this gateway noticed")
            .register(meters);
    Gauge.builder("darkroom.groups.unpublished", this, it -> it.unpublished)
        .description("Ended groups whose event Kafka did not take when this gateway last tried")
        .register(meters);
  }

  @Bean
  BackgroundLoop groupSweeperLoop() {
    return new BackgroundLoop("end-groups", LOOK_EVERY, this::round);
  }

  /** True if there may be more to do at once. */
  boolean round() {
    var mayBeMore = endFinished();
    return publish() || mayBeMore;
  }

  private boolean endFinished() {
    if (System.nanoTime() - nextLook < 0) {
      return false;
    }
    var began = System.nanoTime();
    var found = groups.endFinished(BATCH);
    ended.increment(found);
    nextLook =
        found == BATCH
            ? began
            : System.nanoTime()
                + (SHARE_OF_LOOKS * (System.nanoTime() - began))
                - LOOK_EVERY.toNanos();
    return found == BATCH;
  }

  private boolean publish() {
    var due = groups.reserveUnpublished(BATCH);
    if (due.isEmpty()) {
      unpublished = 0;
      return false;
    }
    due.forEach(this::tell);
    var published = events.publishAndAwait(due);
    if (!published.isEmpty()) {
      groups.markPublished(published);
    }
    unpublished = due.size() - published.size();
    return due.size() == BATCH && unpublished == 0;
  }

  private void tell(FinishedGroup group) {
    listeners.forEach(listener -> listener.groupEnded(group));
  }
}
