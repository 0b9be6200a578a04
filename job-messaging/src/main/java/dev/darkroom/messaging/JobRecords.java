package dev.darkroom.messaging;

import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.Topics;
import dev.darkroom.model.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jobs as records of {@link Topics#JOBS}: key {@code requestId}, value JSON, header {@code
 * traceparent}.
 */
public final class JobRecords {
  private static final Logger log = LoggerFactory.getLogger(JobRecords.class);

  /** Bytes. Submissions are a quarter of this; as JSON of ours they may grow by escapes. */
  private static final int LARGEST = 256 * 1024;

  private final JsonMapper json;

  public JobRecords(JsonMapper json) {
    this.json = json;
  }

  public ProducerRecord<String, byte[]> write(DueJob job) {
    var message = job.message();
    var sent =
        new ProducerRecord<>(
            Topics.JOBS, message.requestId().toString(), json.writeValueAsBytes(message));
    if (job.trace() != null) {
      sent.headers().add(TraceParent.HEADER, job.trace().value().getBytes(StandardCharsets.UTF_8));
    }
    return sent;
  }

  /** Empty for a record that is no job; that is logged, and the record should be dropped. */
  public Optional<JobMessage> read(ConsumerRecord<String, byte[]> received) {
    if (received.value() != null && received.value().length > LARGEST) {
      return drop(received, "too large");
    }
    try {
      var message = json.readValue(received.value(), JobMessage.class);
      return message == null ? drop(received, "null") : Optional.of(message);
    } catch (JacksonException | IllegalArgumentException e) {
      // its message would repeat the record's content
      return drop(received, e.getClass().getSimpleName());
    }
  }

  private static Optional<JobMessage> drop(ConsumerRecord<String, byte[]> received, String reason) {
    log.atError()
        .addKeyValue("topic", received.topic())
        .addKeyValue("partition", received.partition())
        .addKeyValue("offset", received.offset())
        .addKeyValue("reason", reason)
        .log("a record is no job; it is dropped");
    return Optional.empty();
  }
}
