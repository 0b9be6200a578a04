package dev.darkroom.worker.consume;

import dev.darkroom.messaging.JobRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs from the share group of all workers (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-932%3A+Queues+for+Kafka">KIP-932</a>).
 * The broker's lock on a record lasts from the poll to the claim, the ledger's lease the whole job.
 */
final class ShareGroupSource implements JobSource {
  private static final Logger log = LoggerFactory.getLogger(ShareGroupSource.class);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private final KafkaShareConsumer<String, byte[]> consumer;
  private final JobRecords records;

  ShareGroupSource(
      Map<String, Object> connection, JobSubscription jobs, int batch, JobRecords records) {
    var config = new HashMap<>(connection);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, jobs.group());
    config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    // The default takes whole batches, however many records they hold and however few were asked
    // for.
    config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batch);
    // A worker that has no room does not poll, maybe for long. Put out for it, it would keep nobody
    // from anything, but have to join again before it gets its next job.
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    this.consumer =
        new KafkaShareConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.records = records;
    consumer.setAcknowledgementCommitCallback((offsets, failure) -> {
      if (failure != null) {
        log.atInfo()
            .addKeyValue("offsets", offsets.values())
            .addKeyValue("reason", String.valueOf(failure.getMessage()))
            .log("the broker did not take an acknowledgement; the ledger drops what comes again");
      }
    });
    consumer.subscribe(List.of(jobs.topic()));
  }

  @Override
  public List<Delivery> poll(Duration atMost) {
    var deliveries = new ArrayList<Delivery>();
    try {
      for (var received : consumer.poll(atMost)) {
        records
            .read(received)
            .ifPresentOrElse(
                job -> deliveries.add(new Delivery(job, received)),
                () -> consumer.acknowledge(received, AcknowledgeType.REJECT));
      }
    } catch (WakeupException e) {
      log.trace("woken up");
    }
    return deliveries;
  }

  /** The next poll takes them along, one request for both; where it is far off, {@link #stay()}. */
  @Override
  public void accept(List<Delivery> deliveries) {
    acknowledge(deliveries, AcknowledgeType.ACCEPT);
  }

  @Override
  public void giveBack(List<Delivery> deliveries) {
    acknowledge(deliveries, AcknowledgeType.RELEASE);
    consumer.commitAsync();
  }

  @SuppressWarnings("unchecked") // handles are our own
  private void acknowledge(List<Delivery> deliveries, AcknowledgeType type) {
    deliveries.forEach(
        delivery -> consumer.acknowledge((ConsumerRecord<String, byte[]>) delivery.handle(), type));
  }

  /**
   * The consumer's own thread shows that this worker is alive; a poll would take records away from
   * others.
   */
  @Override
  public void stay() {
    consumer.commitAsync();
  }

  /** There is no other sign of it than the count of assignments. */
  @Override
  public boolean hasJoined() {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("rebalance-total"))
        .anyMatch(metric -> metric.metricValue() instanceof Number count && count.intValue() > 0);
  }

  @Override
  public void wakeUp() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(CLOSE_PATIENCE);
  }
}
