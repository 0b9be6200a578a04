package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WireFormatTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final RequestId ID =
      new RequestId(UUID.fromString("0198f0de-7a5b-7cde-8f01-23456789abcd"));

  @Test
  void a_request_is_written_with_the_fields_of_the_contract_and_without_those_that_are_null() {
    var request = new GenerationRequest("a fox", null, 0.7, 0.5, null, 512, 768, 42, null, null);

    var json = JSON.writeValueAsString(request);

    assertThat(JSON.readTree(json))
        .isEqualTo(
            JSON.readTree(
                """
                {"prompt": "a fox", "diffusionStrength": 0.7, "styleIntensity": 0.5,
                 "width": 512, "height": 768, "seed": 42}
                """));
    assertThat(JSON.readValue(json, GenerationRequest.class)).isEqualTo(request);
  }

  @Test
  void a_request_may_name_its_model() {
    var request =
        new GenerationRequest(
            "a fox", null, 0.7, 0.5, null, 512, 512, 42, "stability-ai/sdxl", null);

    var json = JSON.writeValueAsString(request);

    assertThat(json).contains("\"model\":\"stability-ai/sdxl\"");
    assertThat(JSON.readValue(json, GenerationRequest.class)).isEqualTo(request);
  }

  @Test
  void loras_survive_the_wire_and_rows_from_before_have_none() {
    var request =
        new GenerationRequest(
            "a fox",
            null,
            0.7,
            0.5,
            null,
            512,
            512,
            42,
            null,
            List.of(new Lora("https://example.com/l", -0.5), new Lora("https://example.com/m", 1)));

    var json = JSON.writeValueAsString(request);

    assertThat(json).contains("\"loras\":[{\"url\":\"https://example.com/l\",\"scale\":-0.5},");
    assertThat(JSON.readValue(json, GenerationRequest.class)).isEqualTo(request);
    var before =
        """
        {"prompt": "a fox", "diffusionStrength": 0.7, "styleIntensity": 0.5, "width": 512, "height": 512, "seed": 42}
        """;
    assertThat(JSON.readValue(before, GenerationRequest.class).loras()).isNull();
  }

  @Test
  void the_negative_prompt_has_an_underscore_on_the_wire() {
    var request =
        new GenerationRequest("a fox", "a hound", 0.7, 0.5, "sketch", 512, 512, 42, null, null);

    var json = JSON.writeValueAsString(request);

    assertThat(json).contains("\"negative_prompt\":\"a hound\"").doesNotContain("negativePrompt");
    assertThat(JSON.readValue(json, GenerationRequest.class)).isEqualTo(request);
  }

  @Test
  void a_message_survives_the_wire_to_the_microsecond_and_fields_of_tomorrow_are_ignored() {
    var message =
        new JobMessage(
            ID,
            "ada",
            new GenerationRequest("a fox", null, 0.7, 0.5, null, 512, 512, 42, null, null),
            Map.of("parameters", Map.of("seed", 42)),
            Instant.parse("2026-11-22T12:00:00.123456Z"),
            "",
            new JobWebhook("https://example.com/hooks", List.of(JobStatus.COMPLETED)),
            "spare");

    var json = JSON.writeValueAsString(message);

    assertThat(json).contains("\"requestId\":\"0198f0de-7a5b-7cde-8f01-23456789abcd\"");
    assertThat(JSON.readValue(json, JobMessage.class)).isEqualTo(message);
    assertThat(JSON.readValue(json.replaceFirst("\\{", "{\"new\":1,"), JobMessage.class))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"requestId\":null}",
        "{\"requestId\":\"x\"}",
        "{\"requestId\":\"0198f0de-7a5b-7cde-8f01-23456789abcd\",\"userId\":\"ada\"}",
        "[]",
        "7",
        ""
      })
  void a_message_without_all_its_parts_can_not_be_read(String json) {
    assertThatThrownBy(() -> JSON.readValue(json, JobMessage.class))
        .isInstanceOf(JacksonException.class);
  }

  @ParameterizedTest
  @EnumSource
  void a_status_is_its_word(JobStatus status) {
    assertThat(JSON.writeValueAsString(status)).isEqualTo("\"" + status.word() + "\"");
    assertThat(JSON.readValue("\"" + status.word() + "\"", JobStatus.class)).isEqualTo(status);
    assertThat(JobStatus.of(status.word())).contains(status);
  }

  @Test
  void statuses_and_steps_are_those_of_the_contract() {
    assertThat(Stream.of(JobStatus.values()).map(JobStatus::word))
        .containsExactly("started", "processing", "completed", "failed");
    assertThat(Stream.of(Step.values()).map(step -> step.word() + " " + step.status().word()))
        .containsExactly(
            "request_received started",
            "restored_from_kafka started",
            "calling_nebius_api processing",
            "attempt_failed processing",
            "attempt_outcome_unknown processing",
            "retry_scheduled processing",
            "image_generated completed",
            "nebius_api_error failed",
            "deadline_exceeded failed",
            "attempts_exhausted failed",
            "record_too_large failed",
            "cancelled failed");
    assertThat(JobStatus.of("COMPLETED")).isEmpty();
    assertThat(Stream.of(JobStatus.values()).filter(JobStatus::isTerminal))
        .containsExactly(JobStatus.COMPLETED, JobStatus.FAILED);
  }

  @Test
  void an_event_says_when_its_job_ended_if_it_ended() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationEvent.progress(ID, "ada", JobStatus.COMPLETED, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationEvent.progress(ID, "ada", JobStatus.STARTED, -1));
    assertThat(GenerationEvent.type(JobStatus.COMPLETED))
        .isEqualTo("darkroom.generation.completed");
  }
}
