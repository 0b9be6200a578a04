package dev.darkroom.gateway.wait;

import dev.darkroom.ledger.loop.LoggedFailureException;
import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.messaging.EventRecords;
import dev.darkroom.model.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads the event topic from its end, in no group: every gateway sees every event, and nothing is
 * remembered. The topic may come late, and Kafka may be away: waiting clients then depend on the
 * ledger alone.
 */
final class FollowEvents implements LoopRound {
  private static final Duration POLL = Duration.ofSeconds(1);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final EventRecords records;
  private final FollowProgress progress;
  private final List<HearEvents> others;
  private volatile @Nullable Consumer<String, byte[]> current;

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

  /** Reads what came; true where nothing did, as then the poll has waited already. */
  @Override
  public boolean run() {
    var consumer = current == null ? consumers.get() : current;
    current = consumer;
    try {
      followAllPartitions(consumer);
      var events = consumer.poll(POLL);
      if (events.isEmpty()) {
        return true;
      }
      others.forEach(HearEvents::eventsCame);
      events.forEach(this::hear);
      return false;
    } catch (RuntimeException e) {
      end(); // the next round opens another one
      throw e;
    }
  }

  private void hear(ConsumerRecord<String, byte[]> received) {
    // every event of every job comes by; to read also those that nobody waits for took a fifth
    // of a busy gateway's time
    if (progress.isAwaited(received.key())) {
      records
          .read(received)
          .filter(event -> event.status().isTerminal())
          .ifPresent(event -> progress.ended(event.requestId()));
    }
  }

  private static void followAllPartitions(Consumer<String, byte[]> consumer) {
    var partitions = new HashSet<TopicPartition>();
    var known = consumer.partitionsFor(Topics.EVENTS);
    for (var partition : known == null ? List.<PartitionInfo>of() : known) {
      partitions.add(new TopicPartition(partition.topic(), partition.partition()));
    }
    if (partitions.isEmpty()) {
      throw new LoggedFailureException("the topic of events does not exist yet");
    }
    if (!partitions.equals(consumer.assignment())) {
      var added = new HashSet<>(partitions);
      added.removeAll(Set.copyOf(consumer.assignment()));
      consumer.assign(partitions);
      consumer.seekToEnd(added);
    }
  }

  @Override
  public void wakeUp() {
    var consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  @Override
  public void end() {
    var consumer = current;
    current = null;
    if (consumer != null) {
      consumer.close();
    }
  }
}
