package dev.darkroom.simulator;

import dev.darkroom.simulator.ImageRequest.ResponseFormat;
import dev.darkroom.simulator.drawing.OutputFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the body of {@code POST /v1/images/generations} with Nebius's limits
 * (docs.tokenfactory.nebius.com, api-reference/inference/generate). All violations are told at
 * once; fields it does not know are ignored, among them {@code extra_body}, whose content never
 * counted.
 */
final class ImageRequestParser {
  private static final int MOST_LORAS = 10;

  private final JsonNode body;
  private final List<Violation> violations = new ArrayList<>();

  private ImageRequestParser(JsonNode body) {
    this.body = body;
  }

  static ParsedRequest read(byte[] bytes) {
    JsonNode body;
    try {
      body = Json.MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      return new ParsedRequest.Malformed("The request body is not valid JSON.");
    }
    if (!body.isObject()) {
      var violation =
          new Violation(List.of("body"), "Input should be a valid dictionary", "dict_type");
      return new ParsedRequest.Invalid(List.of(violation));
    }
    return new ImageRequestParser(body).read();
  }

  private ParsedRequest read() {
    checkLoras();
    var request =
        new ImageRequest(
            text("model", null, 1, 256),
            text("prompt", null, 1, 2000),
            text("negative_prompt", "", 0, 2000),
            (int) integer("width", 512, 64, 2048),
            (int) integer("height", 512, 64, 2048),
            (int) integer("num_inference_steps", 30, 1, 80),
            integer("seed", -1, -1, Long.MAX_VALUE),
            number("guidance_scale", 5, 0, 100),
            choice("response_extension", OutputFormat.WEBP),
            choice("response_format", ResponseFormat.B64_JSON));
    return violations.isEmpty()
        ? new ParsedRequest.Valid(request)
        : new ParsedRequest.Invalid(List.copyOf(violations));
  }

  /**
   * Lengths are in characters as Python counts them: code points. No default makes the field
   * required.
   */
  private String text(String field, @Nullable String absent, int shortest, int longest) {
    var value = given(field);
    if (value == null) {
      if (absent == null) {
        violate(field, "Field required", "missing");
      }
      return absent == null ? "" : absent;
    }
    if (!value.isString()) {
      violate(field, "Input should be a valid string", "string_type");
      return "";
    }
    var text = value.stringValue();
    int length = text.codePointCount(0, text.length());
    if (length < shortest) {
      violate(
          field,
          "String should have at least %d character".formatted(shortest),
          "string_too_short");
    } else if (length > longest) {
      violate(
          field, "String should have at most %d characters".formatted(longest), "string_too_long");
    }
    return text;
  }

  private long integer(String field, long absent, long least, long most) {
    var value = given(field);
    if (value == null) {
      return absent;
    }
    if (!value.isIntegralNumber()) {
      violate(field, "Input should be a valid integer", "int_type");
      return absent;
    }
    if (!value.canConvertToLong()) {
      violate(field, "Input should fit into 64 bits", "int_parsing_size");
      return absent;
    }
    check(field, value.longValue() < least, value.longValue() > most, least, most);
    return value.longValue();
  }

  private double number(String field, double absent, long least, long most) {
    var value = given(field);
    if (value == null) {
      return absent;
    }
    if (!value.isNumber()) {
      violate(field, "Input should be a valid number", "float_type");
      return absent;
    }
    check(field, value.asDouble() < least, value.asDouble() > most, least, most);
    return value.asDouble();
  }

  private <E extends Enum<E>> E choice(String field, E absent) {
    var value = given(field);
    if (value == null) {
      return absent;
    }
    var choices = absent.getDeclaringClass().getEnumConstants();
    for (E choice : choices) {
      if (value.isString() && choice.toString().equals(value.stringValue())) {
        return choice;
      }
    }
    var names =
        Stream.of(choices).map(choice -> "'" + choice + "'").collect(Collectors.joining(", "));
    violate(field, "Input should be one of " + names, "literal_error");
    return absent;
  }

  /** They change no picture here. */
  private void checkLoras() {
    var loras = given("loras");
    if (loras == null) {
      return;
    }
    if (!loras.isArray()) {
      violate("loras", "Input should be a valid list", "list_type");
    } else if (loras.isEmpty()) {
      violate("loras", "List should have at least 1 item", "too_short");
    } else if (loras.size() > MOST_LORAS) {
      violate("loras", "List should have at most %d items".formatted(MOST_LORAS), "too_long");
    } else if (loras.valueStream().anyMatch(lora -> !lora.path("url").isString())) {
      violate("loras", "Field required", "missing");
    }
  }

  private void check(String field, boolean tooSmall, boolean tooLarge, long least, long most) {
    if (tooSmall) {
      violate(field, "Input should be greater than or equal to " + least, "greater_than_equal");
    } else if (tooLarge) {
      violate(field, "Input should be less than or equal to " + most, "less_than_equal");
    }
  }

  private void violate(String field, String msg, String type) {
    violations.add(Violation.of(field, msg, type));
  }

  private @Nullable JsonNode given(String field) {
    var value = body.get(field);
    return value == null || value.isNull() ? null : value;
  }
}
