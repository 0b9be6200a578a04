package dev.darkroom.gateway.wait;

import dev.darkroom.ledger.loop.LoopAge;
import dev.darkroom.messaging.EventRecords;
import dev.darkroom.model.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the event topic from its end, in no group: every gateway sees every event, and nothing is
 * remembered. The topic may come late, and Kafka may be away: waiting clients then depend on the
 * ledger alone.
 */
final class FollowEvents implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FollowEvents.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Events of this time are read at once; a fetch for each would keep the broker busy. */
  private static final Duration BREATH = Duration.ofMillis(20);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final EventRecords records;
  private final FollowProgress progress;
  private final List<HearEvents> others;
  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private volatile @Nullable Consumer<String, byte[]> current;
  private Thread thread = Thread.ofPlatform().unstarted(() -> {});
  private final LoopAge age = new LoopAge("follow-events");
  private boolean away;

  FollowEvents(
      Supplier<Consumer<String, byte[]>> consumers,
      EventRecords records,
      FollowProgress progress,
      List<HearEvents> others) {
    this.consumers = consumers;
    this.records = records;
    this.progress = progress;
    this.others = others;
  }

  @Override
  public void start() {
    stopping = new CountDownLatch(1);
    age.succeeded();
    // not a virtual thread: Kafka's selector would hold on to a carrier
    thread = Thread.ofPlatform().name("follow-events").daemon().start(this::run);
  }

  void measureBy(MeterRegistry meters) {
    age.register(meters);
  }

  private void run() {
    try {
      while (isRunning()) {
        try (var consumer = consumers.get()) {
          current = consumer;
          follow(consumer);
        } catch (WakeupException e) {
          return;
        } catch (RuntimeException e) {
          warnOnce(e);
          stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      log.debug("no longer following events: interrupted");
    }
  }

  private void follow(Consumer<String, byte[]> consumer) throws InterruptedException {
    while (isRunning()) {
      if (!followAllPartitions(consumer)) {
        stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        continue;
      }
      var events = consumer.poll(POLL);
      age.succeeded();
      if (!events.isEmpty()) {
        others.forEach(HearEvents::eventsCame);
      }
      for (var received : events) {
        // every event of every job comes by; to read also those that nobody waits for took a fifth
        // of a busy gateway's time
        if (progress.isAwaited(received.key())) {
          records
              .read(received)
              .filter(event -> event.status().isTerminal())
              .ifPresent(event -> progress.ended(event.requestId()));
        }
      }
      if (!events.isEmpty()) {
        stopping.await(BREATH.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** False while there is no topic. */
  private boolean followAllPartitions(Consumer<String, byte[]> consumer) {
    var partitions = new HashSet<TopicPartition>();
    var known = consumer.partitionsFor(Topics.EVENTS);
    for (var partition : known == null ? List.<PartitionInfo>of() : known) {
      partitions.add(new TopicPartition(partition.topic(), partition.partition()));
    }
    if (away) {
      away = false;
      log.info("Kafka answers; waiting clients hear from events again");
    }
    if (!partitions.equals(consumer.assignment())) {
      var added = new HashSet<>(partitions);
      added.removeAll(Set.copyOf(consumer.assignment()));
      consumer.assign(partitions);
      consumer.seekToEnd(added);
    }
    return !partitions.isEmpty();
  }

  private void warnOnce(RuntimeException e) {
    if (!away && isRunning()) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("events can't be followed; waiting clients depend on polling until they can");
    }
    away = true;
  }

  @Override
  public void stop() {
    stopping.countDown();
    var consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }
}
