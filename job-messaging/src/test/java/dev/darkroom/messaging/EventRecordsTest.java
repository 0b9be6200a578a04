package dev.darkroom.messaging;

import static dev.darkroom.messaging.TestingRecords.COMPLETED;
import static dev.darkroom.messaging.TestingRecords.ID;
import static dev.darkroom.messaging.TestingRecords.NOON;
import static dev.darkroom.messaging.TestingRecords.TRACE;
import static dev.darkroom.messaging.TestingRecords.received;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.darkroom.ledger.groups.FinishedGroup;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.GroupEvent;
import dev.darkroom.model.GroupEvent.GroupedJob;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventRecordsTest {
  private final EventRecords records =
      new EventRecords(JsonMapper.builder().build(), new PublicUrl(""));

  static Stream<GenerationEvent> every_event_matches_its_schema_and_comes_back_as_it_was_sent() {
    return Stream.of(
        COMPLETED,
        new GenerationEvent(
            ID, "ada", JobStatus.FAILED, 1, null, null, null, null, null, "rejected", "No.", NOON),
        GenerationEvent.progress(ID, "ada", JobStatus.STARTED, 0),
        GenerationEvent.progress(ID, "ada", JobStatus.PROCESSING, 3));
  }

  @ParameterizedTest
  @MethodSource
  void every_event_matches_its_schema_and_comes_back_as_it_was_sent(GenerationEvent event) {
    var sent = records.write(event, NOON.plusNanos(123_456_000), TRACE);

    assertThat(complaints(sent)).isEmpty();
    assertThat(records.read(received(sent))).contains(event);
  }

  @Test
  void a_picture_has_a_whole_url_where_an_operator_says_where_the_gateway_is() {
    var elsewhere =
        new EventRecords(JsonMapper.builder().build(), new PublicUrl("https://example.com/dark/"));
    var event = elsewhere.read(received(elsewhere.write(COMPLETED, NOON, TRACE))).orElseThrow();

    assertThat(event)
        .isEqualTo(COMPLETED.withImageUrl("https://example.com/dark" + COMPLETED.imageUrl()));
  }

  @Test
  void the_official_sdk_reads_a_structured_cloud_event() {
    var sent = records.write(COMPLETED, NOON, TRACE);

    assertThat(KafkaMessageFactory.createReader(received(sent)).getEncoding())
        .isEqualTo(Encoding.STRUCTURED);
    CloudEvent event;
    try (var deserializer = new CloudEventDeserializer()) {
      event = deserializer.deserialize(sent.topic(), sent.headers(), sent.value());
    }
    assertThat(event.getId()).isEqualTo(ID + ":completed");
    assertThat(event.getSource()).hasToString("/darkroom");
    assertThat(event.getType()).isEqualTo("darkroom.generation.completed");
    assertThat(event.getSubject()).isEqualTo(ID.toString());
    assertThat(event.getTime()).isEqualTo(NOON.atOffset(ZoneOffset.UTC));
    assertThat(event.getDataContentType()).isEqualTo("application/json");
    assertThat(event.getExtension("traceparent")).isEqualTo(TRACE.value());
    assertThat(
            JsonMapper.shared()
                .readValue(requireNonNull(event.getData()).toBytes(), GenerationEvent.class))
        .isEqualTo(COMPLETED);
  }

  @Test
  void headers_repeat_the_attributes_for_consumers_that_filter() {
    var sent = records.write(COMPLETED, NOON, TRACE);

    assertThat(sent.topic()).isEqualTo("generation.events");
    assertThat(sent.key()).isEqualTo(ID.toString());
    assertThat(headers(sent))
        .isEqualTo(
            Map.of(
                "content-type", "application/cloudevents+json",
                "ce_specversion", "1.0",
                "ce_id", ID + ":completed",
                "ce_source", "/darkroom",
                "ce_type", "darkroom.generation.completed",
                "ce_subject", ID.toString(),
                "ce_time", "2026-11-22T12:00:00Z",
                "traceparent", TRACE.value()));
  }

  @Test
  void an_event_has_the_same_id_however_often_and_whenever_it_is_published() {
    assertThat(id(records.write(COMPLETED, NOON, TRACE)))
        .isEqualTo(id(records.write(COMPLETED, NOON.plusSeconds(9), null)));
    assertThat(id(records.write(progress(1), NOON, null)))
        .isNotEqualTo(id(records.write(progress(2), NOON, null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "junk", "{}", "null", "{\"specversion\":\"1.0\"}"})
  void a_record_that_is_no_event_of_ours_is_no_event(String value) {
    var plain = new ConsumerRecord<>("generation.events", 0, 0, "key", value.getBytes(UTF_8));
    assertThat(records.read(plain)).isEmpty();

    var structured = new ConsumerRecord<>("generation.events", 0, 0, "key", value.getBytes(UTF_8));
    structured.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));
    assertThat(records.read(structured)).isEmpty();
  }

  @Test
  void a_record_without_a_value_is_no_event() {
    assertThat(records.read(new ConsumerRecord<>("generation.events", 0, 0, "key", null)))
        .isEmpty();
  }

  @Test
  void an_event_of_somebody_else_is_no_event() {
    var other =
        """
        {"specversion":"1.0","id":"1","source":"/other","type":"x","datacontenttype":"application/json",
         "data":{"requestId":"x"}}
        """;
    var received = new ConsumerRecord<>("generation.events", 0, 0, "key", other.getBytes(UTF_8));
    received.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));

    assertThat(records.read(received)).isEmpty();
  }

  @Test
  void the_end_of_a_group_has_a_type_and_an_id_of_its_own_and_is_no_event_of_a_job() {
    var first = new GroupedJob(ID, JobStatus.COMPLETED, "/generated/fox.webp", null);
    var second = new GroupedJob(new RequestId(new UUID(1, 2)), JobStatus.FAILED, null, "rejected");
    var event = GroupEvent.of(ID, "ada", List.of(first, second), NOON);

    var sent = records.write(new FinishedGroup(event, "", null, TRACE));

    assertThat(complaints(sent, "group-cloud-event")).isEmpty();
    assertThat(sent.key()).isEqualTo(ID.toString());
    assertThat(headers(sent))
        .containsEntry("ce_id", ID + ":group:failed")
        .containsEntry("ce_type", "darkroom.group.failed");
    assertThat(JsonMapper.shared().readTree(sent.value()).at("/data/completed").asInt()).isOne();
    assertThat(records.read(received(sent))).as("to those who wait for its first job").isEmpty();
  }

  private static GenerationEvent progress(int attempts) {
    return GenerationEvent.progress(ID, "ada", JobStatus.PROCESSING, attempts);
  }

  private static String id(ProducerRecord<String, byte[]> sent) {
    return headers(sent).getOrDefault("ce_id", "");
  }

  private static Map<String, String> headers(ProducerRecord<String, byte[]> sent) {
    var headers = new TreeMap<String, String>();
    sent.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
    return headers;
  }

  private static Iterable<?> complaints(ProducerRecord<String, byte[]> sent) {
    return complaints(sent, "generation-cloud-event");
  }

  private static Iterable<?> complaints(ProducerRecord<String, byte[]> sent, String schema) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(SchemaLocation.of("classpath:schemas/" + schema + ".schema.json"))
        .validate(
            new String(sent.value(), UTF_8),
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }
}
