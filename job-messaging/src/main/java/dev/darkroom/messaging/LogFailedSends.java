package dev.darkroom.messaging;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.support.ProducerListener;

/**
 * One line for a record that Kafka did not take, for whoever looks for one; the default would print
 * a stack trace and the record's content for each. An outage leaves thousands: that it began and
 * ended is said once, by those who send.
 */
final class LogFailedSends implements ProducerListener<Object, Object> {
  private static final Logger log = LoggerFactory.getLogger(LogFailedSends.class);

  @Override
  public void onError(
      ProducerRecord<Object, Object> unsent,
      @Nullable RecordMetadata metadata,
      @Nullable Exception reason) {
    log.atDebug()
        .addKeyValue("topic", unsent.topic())
        .addKeyValue("request_id", unsent.key())
        .addKeyValue("reason", String.valueOf(reason))
        .log("Kafka did not take a record; a sweep publishes again what the ledger misses");
  }
}
