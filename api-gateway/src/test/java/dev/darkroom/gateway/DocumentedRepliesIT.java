package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.darkroom.gateway.RunningGateway.Reply;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the OpenAPI document says of replies is true of real ones. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DocumentedRepliesIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final JsonNode document = gateway.get("/v3/api-docs").json();

  @Test
  void problems_match_their_schema() {
    assertThat(complaints("Problem", gateway.post("{}"))).isEmpty();
    assertThat(complaints("Problem", gateway.get("/nope"))).isEmpty();
    assertThat(complaints("Problem", gateway.get("/generated/x"))).isEmpty();
  }

  @Test
  void rows_match_their_schema_with_a_picture_and_without() {
    var id = gateway.submit("a documented row");
    var without = gateway.get("/api/logs?requestId=" + id);
    assertThat(without.json().at("/logs/0/image_url").isNull()).isTrue();
    assertThat(complaints("Logs", without)).isEmpty();

    TestingWorker.of(gateway).complete(id);
    assertThat(complaints("Logs", gateway.get("/api/logs?requestId=" + id))).isEmpty();
  }

  @Test
  void what_a_row_may_lack_is_null() {
    assertThat(complaints("Log/properties/details", "null")).isEmpty();
    assertThat(complaints("Log/properties/details", "{\"attempt\":1}")).isEmpty();
    assertThat(complaints("Log/properties/image_url", "null")).isEmpty();
    assertThat(complaints("Log/properties/image_url", "7")).isNotEmpty();
  }

  @Test
  void jobs_match_their_schema_while_they_are_open_and_when_they_have_ended() {
    var accepted = gateway.post("{\"prompt\":\"a documented job\"}");
    assertThat(complaints("Job", accepted)).isEmpty();

    TestingWorker.of(gateway).complete(accepted.text("/requestId"));
    assertThat(complaints("Job", gateway.get("/api/generate/" + accepted.text("/requestId"))))
        .isEmpty();
  }

  @Test
  void statistics_match_their_schema() {
    assertThat(complaints("Stats", gateway.get("/api/stats"))).isEmpty();
  }

  @Test
  void defaults_match_the_schemas_of_their_fields() {
    var fields = document.at("/components/schemas/GenerationRequest/properties");
    assertThat(fields.properties())
        .filteredOn(field -> field.getValue().has("default"))
        .hasSizeGreaterThan(4)
        .allSatisfy(field ->
            assertThat(
                    complaints(
                        "GenerationRequest/properties/" + field.getKey(),
                        field.getValue().get("default").toString()))
                .isEmpty());
  }

  private List<String> complaints(String schema, Reply reply) {
    return complaints(schema, reply.body());
  }

  /** The schema refers to others, so the document is read as one schema that is this one. */
  private List<String> complaints(String schema, String json) {
    var whole = (ObjectNode) document.deepCopy();
    whole.put("$ref", "#/components/schemas/" + schema);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString(), InputFormat.JSON)
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Error::toString)
        .toList();
  }
}
