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
 * Reads the event topic from its end, without a group: every gateway gets every event, and no
 * offset is stored. While nobody waits for events, none are read.
 */
final class EventConsumer implements LoopRound {
  private static final Duration LONGEST_LOOKUP = Duration.ofSeconds(3);
  private static final Duration LONGEST_READ = Duration.ofSeconds(1);

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final EventRecords records;
  private final CompletionWaiter waiter;
  private final List<EventArrivalListener> listeners;
  private final EventDemand demand;
  private boolean idle;
  private volatile @Nullable Consumer<String, byte[]> current;

  EventConsumer(
      Supplier<Consumer<String, byte[]>> consumers,
      EventRecords records,
      CompletionWaiter waiter,
      List<EventArrivalListener> listeners,
      EventDemand demand) {
    this.consumers = consumers;
    this.records = records;
    this.waiter = waiter;
    this.listeners = listeners;
    this.demand = demand;
  }

  /** Reads what has arrived; true where nothing has, since the poll has waited already. */
  @Override
  public boolean run() throws InterruptedException {
    if (waiter.isAnyAwaited() || listeners.stream().anyMatch(EventArrivalListener::isListening)) {
      demand.arise();
    }
    if (!demand.lasts()) {
      idle = true;
      demand.await(LONGEST_READ);
      return true;
    }
    var consumer = current == null ? consumers.get() : current;
    current = consumer;
    try {
      assignAllPartitions(consumer);
      if (idle) {
        goToEnd(consumer);
        idle = false;
      }
      var events = consumer.poll(LONGEST_READ);
      if (events.isEmpty()) {
        return true;
      }
      listeners.forEach(EventArrivalListener::eventsArrived);
      events.forEach(this::handle);
      return false;
    } catch (RuntimeException e) {
      end(); // the next round opens another one
      throw e;
    }
  }

  /**
   * Every event of every job comes by; decoding also those that no request waits for took a fifth
   * of a busy gateway's time.
   */
  private void handle(ConsumerRecord<String, byte[]> received) {
    if (waiter.isAwaited(received.key())) {
      records
          .read(received)
          .filter(event -> event.status().isTerminal())
          .ifPresent(event -> waiter.ended(event.requestId()));
    }
  }

  /** What came meanwhile is not read: whoever waits has the ledger asked instead. */
  private void goToEnd(Consumer<String, byte[]> consumer) {
    consumer.seekToEnd(consumer.assignment());
    consumer.assignment().forEach(consumer::position);
    var _ = waiter.poll();
    listeners.forEach(EventArrivalListener::eventsArrived);
  }

  private void assignAllPartitions(Consumer<String, byte[]> consumer) {
    var partitions = new HashSet<TopicPartition>();
    var known = consumer.partitionsFor(Topics.EVENTS, LONGEST_LOOKUP);
    for (var partition : known == null ? List.<PartitionInfo>of() : known) {
      partitions.add(new TopicPartition(partition.topic(), partition.partition()));
    }
    if (partitions.isEmpty()) {
      throw new LoggedFailureException("the event topic does not exist yet");
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
    demand.arise();
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
