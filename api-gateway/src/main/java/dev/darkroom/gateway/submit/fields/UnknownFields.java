package dev.darkroom.gateway.submit.fields;

import dev.darkroom.gateway.http.BadField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The fields of a body that this API does not have.
 *
 * @param rejected they have the name of another API, or a misspelt one of ours; to ignore them
 *     would make another picture than was asked for
 * @param ignored all others, by name
 */
public record UnknownFields(List<BadField> rejected, List<String> ignored) {
  static final int MOST_NAMED = 50;
  static final int LONGEST_NAME = 64;

  private static final Set<String> OF_A_LORA = Set.of("url", "scale");
  private static final Set<String> URL_ELSEWHERE = Set.of("path", "lora", "model", "modelurl");
  private static final Set<String> SCALE_ELSEWHERE = Set.of("weight", "strength", "multiplier");

  /**
   * Finds them.
   *
   * @param model the default
   */
  public static UnknownFields in(JsonNode body, String model) {
    var found = new UnknownFields(new ArrayList<>(), new ArrayList<>());
    var own = RequestedFields.of(body, model);
    for (var field : body.properties()) {
      if (!RequestedFields.NAMES.contains(field.getKey())) {
        found.sort(field.getKey(), field.getValue(), own);
      }
    }
    var loras = body.path("loras");
    for (var i = 0; i < loras.size(); i++) {
      if (loras.get(i).isObject()) {
        found.sortLora("loras[%d].".formatted(i), loras.get(i));
      }
    }
    return found;
  }

  private void sort(String name, JsonNode value, RequestedFields own) {
    var foreign = ForeignField.find(name);
    if (foreign.isEmpty()
        || asksForNothing(value)
        || foreign.get().changesNothing().test(value, own)) {
      ignore(name);
    } else {
      rejected.add(new BadField(shown(name), foreign.get().advice()));
    }
  }

  private void sortLora(String path, JsonNode lora) {
    for (var name : lora.propertyNames()) {
      if (!OF_A_LORA.contains(name)) {
        ownNameInLora(name)
            .ifPresentOrElse(
                own ->
                    rejected.add(
                        new BadField(path + shown(name), "is not a field here; use " + own)),
                () -> ignore(path + name));
      }
    }
  }

  private static Optional<String> ownNameInLora(String name) {
    var word = FieldSpelling.normalized(name);
    if (URL_ELSEWHERE.contains(word)) {
      return Optional.of("url");
    }
    return SCALE_ELSEWHERE.contains(word)
        ? Optional.of("scale")
        : FieldSpelling.nearest(name, OF_A_LORA);
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

  /** Cut, and without halves of surrogate pairs, which no reply can hold. */
  private static String shown(String name) {
    var shown = new StringBuilder();
    name.codePoints()
        .limit(LONGEST_NAME)
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(shown::appendCodePoint);
    return shown.length() < name.length() ? shown.append('…').toString() : shown.toString();
  }
}
