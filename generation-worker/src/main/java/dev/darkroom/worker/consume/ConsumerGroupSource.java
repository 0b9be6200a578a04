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
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs from an ordinary consumer group, for brokers without share groups. Each partition belongs to
 * one worker at a time; its offset is committed once the ledger has decided about all records that
 * were received together. What was received and not committed goes to the partition's next owner.
 */
final class ConsumerGroupSource implements JobSource {
  private static final Logger log = LoggerFactory.getLogger(ConsumerGroupSource.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(1500);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(1);

  /** Enough for one answer of the broker. */
  private static final Duration A_MOMENT = Duration.ofMillis(50);

  private final KafkaConsumer<String, byte[]> consumer;
  private final JobRecords records;

  /** Of what was received: neither accepted nor given back. */
  private int undecided;

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
      var polled = consumer.poll(atMost);
      undecided = polled.count(); // until all are read: one that fails must not commit the others
      for (var received : polled) {
        records.read(received).ifPresent(job -> deliveries.add(new JobDelivery(job, received)));
      }
    } catch (WakeupException e) {
      log.trace("woken up");
    }
    undecided = deliveries.size();
    return deliveries;
  }

  @Override
  public void accept(List<JobDelivery> deliveries) {
    decided(deliveries.size());
  }

  @Override
  public void giveBack(List<JobDelivery> deliveries) {
    // backwards, so that each partition is set to the first of its records
    for (var delivery : deliveries.reversed()) {
      var record = delivery.received();
      var partition = new TopicPartition(record.topic(), record.partition());
      if (consumer.assignment().contains(partition)) { // otherwise another worker has it already
        consumer.seek(partition, record.offset());
      }
    }
    decided(deliveries.size());
  }

  /**
   * Commits the consumer's positions, once all that was received is accepted or will be received
   * again. Does not wait for the answer: the next commit repeats one that failed.
   */
  private void decided(int deliveries) {
    undecided -= deliveries;
    if (undecided == 0) {
      consumer.commitAsync((_, failure) -> {
        if (failure != null) {
          logNotCommitted(failure);
        }
      });
    }
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

  private static void logNotCommitted(Exception failure) {
    log.atInfo()
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log(
            "the broker did not take a commit; the next one repeats it, or the ledger drops records that come again");
  }

  /** Called from within a poll or a close, by the same thread. */
  private final class KeepTrackOfPartitions implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      joined = true;
      if (keepingAlive) {
        consumer.pause(partitions);
      }
      log.atInfo()
          .addKeyValue(
              "partitions", consumer.assignment().stream().map(TopicPartition::partition).toList())
          .log("partitions were assigned; a worker without any gets no jobs");
    }

    /**
     * The last chance to commit. What is undecided then goes to the next owner with all that was
     * received together with it.
     */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (undecided > 0) {
        return;
      }
      try {
        consumer.commitSync(LAST_COMMIT);
      } catch (WakeupException e) {
        consumer.wakeup(); // it was meant for the poll
      } catch (KafkaException e) {
        logNotCommitted(e);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      // there is nothing to commit any more
    }
  }
}
