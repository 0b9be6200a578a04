package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenApiIT {
  private final JsonNode document = RunningGateway.shared().get("/v3/api-docs").json();
  private final JsonNode fields = document.at("/components/schemas/GenerationRequest/properties");

  /** The contract's table of fields. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "prompt, string, minLength, 1, -",
        "prompt, string, maxLength, 2000, -",
        "negative_prompt, string, maxLength, 2000, -",
        "diffusionStrength, number, minimum, 0, 0.7",
        "diffusionStrength, number, maximum, 1, 0.7",
        "styleIntensity, number, minimum, 0, 0.5",
        "styleIntensity, number, maximum, 1, 0.5",
        "style, string, maxLength, 64, -",
        "width, integer, minimum, 64, 512",
        "width, integer, maximum, 2048, 512",
        "height, integer, minimum, 64, 512",
        "height, integer, maximum, 2048, 512",
        "seed, integer, minimum, -1, -",
        "loras, array, minItems, 1, -",
        "loras, array, maxItems, 10, -",
        "model, string, maxLength, 128, -",
        "userId, string, maxLength, 128, anonymous",
        "deadlineSeconds, integer, minimum, 10, -",
        "deadlineSeconds, integer, maximum, 86400, -"
      })
  void a_field_is_documented_with_its_limits_and_default(
      String field,
      String type,
      String limit,
      int value,
      @org.jspecify.annotations.Nullable String otherwise) {
    var schema = fields.get(field);
    assertThat(schema).as(field).isNotNull();
    assertThat(schema.get("type").asString()).isEqualTo(type);
    assertThat(schema.get(limit).intValue()).isEqualTo(value);
    assertThat(schema.has("default") ? schema.get("default").asString() : null)
        .isEqualTo(otherwise);
  }

  @Test
  void no_other_field_is_documented_and_only_the_prompt_is_required() {
    assertThat(fields.propertyNames())
        .containsExactlyInAnyOrder(
            "prompt",
            "negative_prompt",
            "diffusionStrength",
            "styleIntensity",
            "style",
            "width",
            "height",
            "seed",
            "model",
            "loras",
            "userId",
            "deadlineSeconds");
    assertThat(
            document
                .at("/components/schemas/GenerationRequest/required")
                .valueStream()
                .map(JsonNode::asString))
        .containsExactly("prompt");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/generate, post, 200 202 400 413 415 422 429 500 503",
    "/api/generate/{requestId}, get, 200 404 503",
    "/api/generate/{requestId}/events, get, 200 204 400 404 429 503",
    "/api/events, get, 200 204 400 404 429 503",
    "/api/logs, get, 200 400 503",
    "/api/logs/export, get, 200 400 503",
    "/api/stats, get, 200 400 503",
    "/generated/{file}, get, 200 206 302 304 404 412 416 503"
  })
  void every_reply_is_documented(String path, String method, String statuses) {
    assertThat(document.get("paths").get(path).get(method).get("responses").propertyNames())
        .containsExactlyInAnyOrder(statuses.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/logs, cursor limit offset q requestId since status until userId",
    "/api/logs/export, format q requestId since status until userId"
  })
  void every_parameter_of_a_search_is_documented(String path, String names) {
    assertThat(
            document
                .get("paths")
                .get(path)
                .get("get")
                .get("parameters")
                .valueStream()
                .map(parameter -> parameter.get("name").asString()))
        .containsExactlyInAnyOrder(names.split(" "));
  }

  @Test
  void no_other_path_is_documented() {
    assertThat(document.get("paths").propertyNames()).hasSize(8);
  }

  @Test
  void attempts_are_documented_as_they_are_sent() {
    assertThat(document.at("/components/schemas/JobAttempt/properties").propertyNames())
        .containsExactlyInAnyOrder(
            "attempt",
            "worker",
            "startedAt",
            "endedAt",
            "outcome",
            "reason",
            "callMillis",
            "savingMillis");
    assertThat(
            document
                .at("/components/schemas/JobAttempt/properties/outcome/enum")
                .valueStream()
                .map(JsonNode::asString))
        .containsExactly("succeeded", "failed", "unknown", "not_made");
  }

  @Test
  void problems_and_statuses_are_documented_as_they_are_sent() {
    assertThat(document.at("/components/schemas/Problem/properties").propertyNames())
        .containsExactlyInAnyOrder(
            "type",
            "title",
            "status",
            "detail",
            "instance",
            "success",
            "error",
            "requestId",
            "code",
            "errors");
    assertThat(document.at("/components/schemas/Log/properties").propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "request_id",
            "user_id",
            "prompt",
            "status",
            "step",
            "details",
            "image_url",
            "created_at");
    assertThat(
            document
                .at("/components/schemas/Job/properties/status/enum")
                .valueStream()
                .map(JsonNode::asString))
        .containsExactly("started", "processing", "completed", "failed");
  }
}
