package dev.darkroom.messaging;

import static dev.darkroom.messaging.TestingRecords.ID;
import static dev.darkroom.messaging.TestingRecords.NOON;
import static dev.darkroom.messaging.TestingRecords.REQUEST;
import static dev.darkroom.messaging.TestingRecords.TRACE;
import static dev.darkroom.messaging.TestingRecords.received;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.model.JobMessage;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class JobRecordsTest {
  private static final JobMessage MESSAGE =
      new JobMessage(ID, "ada", REQUEST, Map.of("parameters", Map.of("seed", 42)), NOON, "");

  private final JobRecords records = new JobRecords(JsonMapper.builder().build());

  @Test
  void a_job_comes_back_as_it_was_sent() {
    var sent = records.write(new DueJob(MESSAGE, TRACE, NOON, NOON));

    assertThat(sent.topic()).isEqualTo("generation.jobs");
    assertThat(sent.key()).isEqualTo(ID.toString());
    assertThat(sent.headers().lastHeader("traceparent").value())
        .asString(UTF_8)
        .isEqualTo(TRACE.value());
    assertThat(records.read(received(sent))).contains(MESSAGE);
  }

  @Test
  void a_job_without_a_trace_has_no_header() {
    assertThat(records.write(new DueJob(MESSAGE, null, NOON, NOON)).headers()).isEmpty();
  }

  @Test
  void what_is_larger_than_any_job_is_dropped_unread(CapturedOutput output) {
    var sent = records.write(new DueJob(MESSAGE, null, NOON, NOON));
    var value = new String(sent.value(), UTF_8) + " ".repeat(256 * 1024);
    var large = new ConsumerRecord<>("generation.jobs", 0, 18, sent.key(), value.getBytes(UTF_8));

    assertThat(records.read(large)).isEmpty();
    assertThat(output).contains("offset=\"18\"").contains("reason=\"too large\"");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "secret prompt", "null", "[]", "{}", "{\"requestId\":\"x\"}", "\0\1"})
  void junk_is_dropped_and_its_place_is_logged(@Nullable String value, CapturedOutput output) {
    var junk =
        new ConsumerRecord<String, byte[]>(
            "generation.jobs", 0, 17, "key", value == null ? null : value.getBytes(UTF_8));

    assertThat(records.read(junk)).isEmpty();

    assertThat(output)
        .contains("a record is no job; it is dropped")
        .contains("offset=\"17\"")
        .doesNotContain("secret prompt");
  }
}
