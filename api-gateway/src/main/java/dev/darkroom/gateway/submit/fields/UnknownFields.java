package dev.darkroom.gateway.submit.fields;

import static dev.darkroom.gateway.http.FieldReader.shown;

import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.model.ImageModel;
import dev.darkroom.model.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The fields of a body that this API does not have.
 *
 * @param rejected they have the name of another API, or a misspelt one of ours; to ignore them
 *     would make another picture than was asked for
 * @param ignored all others, by name
 */
public record UnknownFields(List<BadField> rejected, List<String> ignored) {
  static final Set<String> OWN =
      Set.of(
          ("prompt negative_prompt diffusionStrength styleIntensity style width height seed model"
                  + " loras userId deadlineSeconds priority webhookUrl webhookEvents count")
              .split(" "));

  private static final int MOST_NAMED = 50;
  private static final Set<String> OF_A_LORA = Set.of("url", "scale");
  private static final Map<String, String> OF_A_LORA_ELSEWHERE =
      Map.of(
          "path", "url",
          "lora", "url",
          "model", "url",
          "modelurl", "url",
          "weight", "scale",
          "strength", "scale",
          "multiplier", "scale");

  /**
   * Finds them.
   *
   * @param model that the body is for
   */
  public static UnknownFields in(JsonNode body, ImageModel model) {
    var found = new UnknownFields(new ArrayList<>(), new ArrayList<>());
    var requested = requested(body, model);
    for (var field : body.properties()) {
      if (!OWN.contains(field.getKey())) {
        found.sort(field.getKey(), field.getValue(), requested);
      }
    }
    var loras = body.path("loras");
    for (var i = 0; loras.isArray() && i < loras.size(); i++) {
      found.sortLora("loras[%d].".formatted(i), loras.get(i));
    }
    return found;
  }

  /** What the body asks for in the fields of this API, defaults included. */
  private static JsonNode requested(JsonNode body, ImageModel model) {
    var requested =
        JsonNodeFactory.instance
            .objectNode()
            .put("diffusionStrength", GenerationRequest.DEFAULT_DIFFUSION_STRENGTH)
            .put("styleIntensity", GenerationRequest.DEFAULT_STYLE_INTENSITY)
            .put("width", model.defaultSize().width())
            .put("height", model.defaultSize().height())
            .put("seed", -1)
            .put("model", model.name())
            .put("userId", GenerationRequest.ANONYMOUS)
            .put("count", 1);
    for (var field : body.properties()) {
      if (!field.getValue().isNull()) {
        requested.set(field.getKey(), field.getValue());
      }
    }
    return requested;
  }

  private void sort(String name, JsonNode value, JsonNode requested) {
    var foreign = ForeignField.find(name);
    if (foreign.isEmpty()
        || asksForNothing(value)
        || foreign.get().changesNothing().test(value, requested)) {
      ignore(name);
    } else {
      rejected.add(new BadField(shown(name), foreign.get().advice()));
    }
  }

  private void sortLora(String path, JsonNode lora) {
    for (var name : lora.propertyNames()) {
      if (!OF_A_LORA.contains(name)) {
        var elsewhere = OF_A_LORA_ELSEWHERE.get(ForeignField.normalized(name));
        Optional.ofNullable(elsewhere)
            .or(() -> ForeignField.nearest(name, OF_A_LORA))
            .map(own -> new BadField(path + shown(name), "is not a field here; use " + own))
            .ifPresentOrElse(rejected::add, () -> ignore(path + name));
      }
    }
  }

  /** Some clients send every field they know. */
  private static boolean asksForNothing(JsonNode value) {
    return value.isNull()
        || (value.isString() && value.stringValue().isBlank())
        || (value.isBoolean() && !value.booleanValue())
        || (value.isContainer() && value.isEmpty());
  }

  /** Thousands of fields must not make a reply of the same size. */
  private void ignore(String name) {
    if (ignored.size() < MOST_NAMED) {
      ignored.add(shown(name));
    }
  }
}
