package dev.darkroom.worker.consume;

import dev.darkroom.messaging.JobRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs from an ordinary consumer group, for brokers without share groups. Each partition belongs to
 * one worker at a time; its offset is committed once the ledger has decided about the records
 * before it. What was received and not committed goes to the partition's next owner.
 */
final class ConsumerGroupSource implements JobSource {
  private static final Logger log = LoggerFactory.getLogger(ConsumerGroupSource.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(1500);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(1);

  /** Enough for one answer of the broker. */
  private static final Duration A_MOMENT = Duration.ofMillis(50);

  private final KafkaConsumer<String, byte[]> consumer;
  private final JobRecords records;
  private final Map<TopicPartition, PartitionProgress> owned = new HashMap<>();
  private boolean keepingAlive;
  private volatile boolean joined;

  ConsumerGroupSource(
      Map<String, Object> connection, JobSubscription jobs, int batch, JobRecords records) {
    this.consumer =
        new KafkaConsumer<>(
            config(connection, jobs.group(), batch),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.records = records;
    consumer.subscribe(List.of(jobs.topic()), new KeepTrackOfPartitions());
  }

  private static Map<String, Object> config(
      Map<String, Object> connection, String group, int batch) {
    var config = new HashMap<>(connection);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    // Brokers without share groups often lack the newer protocol (KIP-848) as well.
    config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    // Workers keep what they have while others come and go, and go on receiving meanwhile.
    config.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batch);
    // Jobs wait in Kafka, not in a worker's memory.
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1 << 20);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 18);
    // A worker that dies keeps its partitions for so long.
    config.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    config.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
    // Partitions that were added have no owner for so long.
    config.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
    return config;
  }

  @Override
  public List<JobDelivery> poll(Duration atMost) {
    consumer.resume(consumer.paused());
    var deliveries = new ArrayList<JobDelivery>();
    try {
      for (var received : consumer.poll(atMost)) {
        var progress = progressOf(partition(received));
        var job = records.read(received);
        progress.received(received.offset(), job.isPresent());
        job.ifPresent(message -> deliveries.add(new JobDelivery(message, received)));
      }
    } catch (WakeupException e) {
      log.trace("woken up");
    }
    return deliveries;
  }

  @Override
  public void accept(List<JobDelivery> deliveries) {
    for (var delivery : deliveries) {
      var record = record(delivery);
      var progress = owned.get(partition(record));
      if (progress != null) { // otherwise another worker commits this partition now
        progress.accepted(record.offset());
      }
    }
    commit();
  }

  @Override
  public void giveBack(List<JobDelivery> deliveries) {
    var first = new HashMap<TopicPartition, Long>();
    deliveries.stream()
        .map(ConsumerGroupSource::record)
        .forEach(record -> first.merge(partition(record), record.offset(), Math::min));
    first.keySet().retainAll(owned.keySet()); // the others went to another worker already
    first.forEach((partition, offset) -> {
      consumer.seek(partition, offset);
      progressOf(partition).rewind(offset);
    });
    commit();
  }

  /**
   * Only a poll takes part in a rebalance, and a member that does not poll for {@code
   * max.poll.interval.ms} is removed. So this one polls, with everything paused.
   */
  @Override
  public void keepAlive() {
    keepingAlive = true;
    try {
      consumer.pause(consumer.assignment());
      var _ = consumer.poll(A_MOMENT); // receives nothing: new partitions are paused as they come
    } catch (WakeupException e) {
      log.trace("woken up");
    } finally {
      keepingAlive = false;
    }
  }

  @Override
  public boolean hasJoined() {
    return joined;
  }

  @Override
  public void wakeUp() {
    consumer.wakeup();
  }

  /**
   * Waits for commits under way and leaves the group, so that others have the partitions at once.
   */
  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
  }

  /** Does not wait for the answer: the next commit repeats one that failed. */
  private void commit() {
    var offsets = toCommit(owned);
    if (!offsets.isEmpty()) {
      consumer.commitAsync(
          offsets,
          (_, failure) -> {
            if (failure != null) {
              logNotCommitted(offsets, failure);
            }
          });
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> toCommit(
      Map<TopicPartition, PartitionProgress> partitions) {
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    partitions.forEach((partition, progress) ->
        progress
            .toCommit()
            .ifPresent(offset -> offsets.put(partition, new OffsetAndMetadata(offset))));
    return offsets;
  }

  private static void logNotCommitted(
      Map<TopicPartition, OffsetAndMetadata> offsets, Exception failure) {
    log.atInfo()
        .addKeyValue("offsets", offsets)
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log(
            "the broker did not take a commit; the next one repeats it, or the ledger drops records that come again");
  }

  private PartitionProgress progressOf(TopicPartition partition) {
    return owned.computeIfAbsent(partition, _ -> new PartitionProgress());
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  @SuppressWarnings("unchecked") // handles are our own
  private static ConsumerRecord<String, byte[]> record(JobDelivery delivery) {
    return (ConsumerRecord<String, byte[]>) delivery.handle();
  }

  /** Called from within a poll or a close, by the same thread. */
  private final class KeepTrackOfPartitions implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      joined = true;
      partitions.forEach(partition -> owned.put(partition, new PartitionProgress()));
      if (keepingAlive) {
        consumer.pause(partitions);
      }
      log.atInfo()
          .addKeyValue(
              "partitions", owned.keySet().stream().map(TopicPartition::partition).toList())
          .log("partitions were assigned; a worker without any gets no jobs");
    }

    /** The last chance to say how far they are done. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      var leaving = new HashMap<>(owned);
      leaving.keySet().retainAll(partitions);
      owned.keySet().removeAll(partitions);
      var offsets = toCommit(leaving);
      if (offsets.isEmpty()) {
        return;
      }
      try {
        consumer.commitSync(offsets, LAST_COMMIT);
      } catch (WakeupException e) {
        consumer.wakeup(); // it was meant for the poll
      } catch (KafkaException e) {
        logNotCommitted(offsets, e);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      owned.keySet().removeAll(partitions);
    }
  }
}
