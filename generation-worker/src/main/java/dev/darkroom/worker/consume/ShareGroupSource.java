package dev.darkroom.worker.consume;

import dev.darkroom.messaging.JobRecords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
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
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

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
    // A worker without capacity does not poll, maybe for long. It blocks no other worker, and if it
    // were removed it would have to join again before its next job.
    config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    this.consumer =
        new KafkaShareConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    this.records = records;
    consumer.setAcknowledgementCommitCallback((offsets, failure) -> {
      if (failure != null) {
        log.atInfo()
            .addKeyValue("offsets", offsets.values())
            .addKeyValue("reason", String.valueOf(failure.getMessage()))
            .log(
                "the broker did not take an acknowledgement; the ledger drops records that come again");
      }
    });
    consumer.subscribe(List.of(jobs.topic()));
  }

  @Override
  public List<JobDelivery> poll(Duration atMost) {
    var deliveries = new ArrayList<JobDelivery>();
    try {
      for (var received : consumer.poll(atMost)) {
        records
            .read(received)
            .ifPresentOrElse(
                job -> deliveries.add(new JobDelivery(job, received)),
                () -> consumer.acknowledge(received, AcknowledgeType.REJECT));
      }
    } catch (WakeupException e) {
      log.trace("woken up");
    }
    return deliveries;
  }

  /**
   * The next poll takes them along, one request for both; where it is far off, {@link
   * #keepAlive()}.
   */
  @Override
  public void accept(List<JobDelivery> deliveries) {
    acknowledge(deliveries, AcknowledgeType.ACCEPT);
  }

  @Override
  public void giveBack(List<JobDelivery> deliveries) {
    acknowledge(deliveries, AcknowledgeType.RELEASE);
    consumer.commitAsync();
  }

  private void acknowledge(List<JobDelivery> deliveries, AcknowledgeType type) {
    deliveries.forEach(delivery -> consumer.acknowledge(delivery.received(), type));
  }

  /** The consumer's own thread keeps the membership; a poll would take records from others. */
  @Override
  public void keepAlive() {
    consumer.commitAsync();
  }

  /** The count of assignments is the only sign of it. */
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
    consumer.close(CLOSE_TIMEOUT);
  }
}
