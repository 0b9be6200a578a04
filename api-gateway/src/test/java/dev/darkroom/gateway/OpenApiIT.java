package dev.darkroom.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.provider.HoldUp;
import dev.darkroom.model.JobStatus;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenApiIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);
  private final JsonNode fields = api.requestSchema().get("properties");

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
        "deadlineSeconds, integer, maximum, 86400, -",
        "priority, integer, maximum, 5, 3",
        "count, integer, minimum, 1, 1",
        "count, integer, maximum, 16, 1",
        "webhookUrl, string, maxLength, 2048, -",
        "webhookEvents, array, maxItems, 4, -"
      })
  void a_field_is_documented_with_its_limits_and_default(
      String field,
      String type,
      String limit,
      int value,
      @org.jspecify.annotations.Nullable String otherwise) {
    var schema = fields.get(field);
    assertThat(schema).as(field).isNotNull();
    assertThat(schema.get("type").toString()).contains("\"" + type + "\"");
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
            "deadlineSeconds",
            "priority",
            "webhookUrl",
            "webhookEvents",
            "count");
    assertThat(api.requestSchema().get("required").toString()).isEqualTo("[\"prompt\"]");
  }

  @Test
  void every_route_is_described_and_nothing_else() {
    var routes =
        gateway.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
            .flatMap(route ->
                route.getPatternValues().stream()
                    .filter(path -> path.matches("/(api|generated|v1)\\b.*"))
                    .flatMap(path ->
                        route.getMethodsCondition().getMethods().stream()
                            .map(method -> method + " " + path.replace("{*", "{"))));

    assertThat(routes).containsExactlyInAnyOrderElementsOf(api.operations());
  }

  @Test
  void every_operation_has_an_id_and_a_tag_that_is_described() {
    var tags = api.document().get("tags").valueStream().map(tag -> tag.get("name")).toList();
    var ids = new HashSet<String>();

    for (var operation : api.operations()) {
      var described = api.operation(operation);
      assertThat(tags).as(operation).contains(described.at("/tags/0"));
      assertThat(ids.add(described.at("/operationId").asString())).as(operation).isTrue();
    }
  }

  @Test
  void every_code_and_status_that_is_sent_is_described() {
    assertThat(words("/components/schemas/Status/enum"))
        .containsExactlyElementsOf(
            Stream.of(JobStatus.values()).map(status -> status.word()).toList());
    assertThat(words("/components/schemas/HoldUp/enum"))
        .containsExactlyElementsOf(Stream.of(HoldUp.values()).map(HoldUp::word).toList());
    assertThat(words("/components/schemas/JobAttempt/properties/outcome/enum"))
        .containsExactly("succeeded", "failed", "unknown", "not_made");
  }

  @Test
  void it_is_served_as_it_is_written_too() throws IOException {
    var served = gateway.get("/v3/api-docs.yaml");

    assertThat(served.header("Content-Type")).startsWith("application/yaml");
    assertThat(served.body())
        .isEqualTo(new ClassPathResource("openapi.yaml").getContentAsString(UTF_8));
  }

  private List<String> words(String pointer) {
    return api.document().at(pointer).valueStream().map(JsonNode::asString).toList();
  }
}
