package dev.darkroom.messaging;

import dev.darkroom.ledger.groups.FinishedGroup;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.GroupEvent;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Topics;
import dev.darkroom.model.TraceParent;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.types.Time;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What happened to jobs, as records of {@link Topics#EVENTS}: CloudEvents 1.0 in structured mode
 * (the whole event is the record's JSON value), with the attributes repeated as {@code ce_…}
 * headers for consumers that filter by them, as <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">the
 * Kafka binding</a> allows.
 */
public final class EventRecords {
  private static final Logger log = LoggerFactory.getLogger(EventRecords.class);
  private static final URI SOURCE = URI.create("/darkroom");

  private final JsonMapper json;
  private final PublicUrl publicUrl;

  EventRecords(JsonMapper json, PublicUrl publicUrl) {
    this.json = json;
    this.publicUrl = publicUrl;
  }

  /**
   * The record for an event. Its id consists of the job's id, the status and, before the end, the
   * attempt: an event that is published twice has the same id.
   */
  public ProducerRecord<String, byte[]> write(
      GenerationEvent event, Instant time, @Nullable TraceParent trace) {
    var cloudEvent = cloudEvent(event.withImageUrl(publicUrl.of(event.imageUrl())), time, trace);
    return write(event.requestId(), cloudEvent, trace);
  }

  /** The record for the end of a group. No event of its first job has the same id. */
  public ProducerRecord<String, byte[]> write(FinishedGroup group) {
    var event = linked(group.event());
    var cloudEvent =
        cloudEvent(
            event.groupId(),
            event.groupId() + ":group:" + event.status().word(),
            GroupEvent.type(event.status()),
            event.endedAt(),
            json.writeValueAsBytes(event),
            group.trace());
    return write(event.groupId(), cloudEvent, group.trace());
  }

  /** With links as an operator says where the gateway is. */
  public GroupEvent linked(GroupEvent event) {
    return event.withJobs(
        event.jobs().stream().map(job -> job.withImageUrl(publicUrl.of(job.imageUrl()))).toList());
  }

  private static ProducerRecord<String, byte[]> write(
      RequestId about, CloudEvent cloudEvent, @Nullable TraceParent trace) {
    var key = about.toString();
    ProducerRecord<String, byte[]> sent =
        KafkaMessageFactory.<String>createWriter(Topics.EVENTS, null, null, key)
            .writeStructured(cloudEvent, JsonFormat.CONTENT_TYPE);
    cloudEvent.getAttributeNames().stream()
        .filter(name -> !name.equals("datacontenttype")) // the binding has another header for it
        .forEach(name ->
            sent.headers()
                .add(
                    "ce_" + name,
                    text(cloudEvent.getAttribute(name)).getBytes(StandardCharsets.UTF_8)));
    if (trace != null) {
      sent.headers().add(TraceParent.HEADER, trace.value().getBytes(StandardCharsets.UTF_8));
    }
    return sent;
  }

  /** The completion event of a job: the CloudEvent as JSON, byte by byte as its record has it. */
  public byte[] json(FinishedJob ended) {
    return write(ended.event(), ended.finishedAt(), ended.trace()).value();
  }

  /**
   * The event of a job. Empty for a record that is none of ours, and for one about a group: others
   * may write to the topic too.
   */
  public Optional<GenerationEvent> read(ConsumerRecord<String, byte[]> received) {
    try {
      var data = KafkaMessageFactory.createReader(received).toEvent().getData();
      return data == null
          ? Optional.empty()
          : Optional.ofNullable(json.readValue(data.toBytes(), GenerationEvent.class));
    } catch (RuntimeException e) {
      // the SDK throws many kinds of exceptions for malformed events, also NullPointerException
      log.atDebug()
          .addKeyValue("offset", received.offset())
          .addKeyValue("reason", e.getClass().getSimpleName())
          .log("a record is no event of ours; it is ignored");
      return Optional.empty();
    }
  }

  /** {@link OffsetDateTime#toString} leaves out seconds that are 0, which RFC 3339 does not. */
  private static String text(@Nullable Object attribute) {
    return attribute instanceof OffsetDateTime time
        ? Time.writeTime(time)
        : String.valueOf(attribute);
  }

  private CloudEvent cloudEvent(GenerationEvent event, Instant time, @Nullable TraceParent trace) {
    var status = event.status();
    var id = event.requestId() + ":" + status.word();
    return cloudEvent(
        event.requestId(),
        status.isTerminal() ? id : id + ":" + event.attempts(),
        GenerationEvent.type(status),
        time,
        json.writeValueAsBytes(event),
        trace);
  }

  private static CloudEvent cloudEvent(
      RequestId about,
      String id,
      String type,
      Instant time,
      byte[] data,
      @Nullable TraceParent trace) {
    var builder =
        CloudEventBuilder.v1()
            .withId(id)
            .withSource(SOURCE)
            .withType(type)
            .withSubject(about.toString())
            .withTime(time.atOffset(ZoneOffset.UTC))
            .withData("application/json", data);
    return trace == null
        ? builder.build()
        : builder.withExtension(TraceParent.HEADER, trace.value()).build();
  }
}
