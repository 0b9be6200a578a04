package dev.darkroom.gateway;

import static java.util.stream.Collectors.toSet;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.darkroom.gateway.RunningGateway.Reply;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The served OpenAPI document, against which requests and replies are validated. */
record ApiDescription(JsonNode document) {
  static ApiDescription of(RunningGateway gateway) {
    return new ApiDescription(gateway.get("/v3/api-docs").json());
  }

  /** Such as {@code GET /api/logs}. */
  Set<String> operations() {
    return document.get("paths").properties().stream()
        .flatMap(path ->
            path.getValue().propertyNames().stream()
                .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
        .collect(toSet());
  }

  JsonNode operation(String operation) {
    var parts = operation.split(" ", 2);
    return document.get("paths").get(parts[1]).get(parts[0].toLowerCase(Locale.ROOT));
  }

  JsonNode requestSchema() {
    return document.at(
        "/components/requestBodies/GenerationRequest/content/application~1json/schema");
  }

  /** What of a body contradicts the description of submissions. */
  List<String> complaintsAboutRequest(String body) {
    return complaints(requestSchema(), body);
  }

  /** What of a reply contradicts its description; fields that are not described do. */
  List<String> complaints(String operation, Reply reply) {
    return complaints(operation, reply, reply.body());
  }

  List<String> complaints(String operation, Reply reply, String body) {
    var status = String.valueOf(reply.status());
    var described = resolved(operation(operation).get("responses").path(status));
    if (described.isMissingNode()) {
      return List.of("status %s is not described".formatted(status));
    }
    var type = reply.header("Content-Type").replaceFirst(";.*", "");
    var content = described.path("content").path(type);
    if (content.isMissingNode()) {
      return body.isEmpty() ? List.of() : List.of("type %s is not described".formatted(type));
    }
    return type.endsWith("json") ? complaints(content.get("schema"), body) : List.of();
  }

  List<String> complaintsAbout(String schema, String json) {
    return complaints(document.at("/components/schemas/" + schema), json);
  }

  private List<String> complaints(JsonNode schema, String json) {
    var root = (ObjectNode) schema.deepCopy();
    root.set("components", document.get("components").deepCopy());
    close(root);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(root.toString(), InputFormat.JSON)
        .validate(
            json,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Error::toString)
        .toList();
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asString().substring(1)) : node;
  }

  /** Clients must tolerate new fields; this test must not. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiDescription::close);
  }
}
