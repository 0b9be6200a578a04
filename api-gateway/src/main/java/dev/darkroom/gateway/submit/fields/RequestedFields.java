package dev.darkroom.gateway.submit.fields;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.StyleNames;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a body asks for in the fields of this API, defaults included: whether a field of another API
 * would change anything is measured against it.
 */
record RequestedFields(JsonNode body, Map<String, JsonNode> defaults) {
  static final Set<String> NAMES =
      Set.of(
          ("prompt negative_prompt diffusionStrength styleIntensity style width height seed model"
                  + " loras userId deadlineSeconds")
              .split(" "));

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern SIZE = Pattern.compile("\\s*(\\d{1,5})\\s*[xX×*]\\s*(\\d{1,5})\\s*");
  private static final Pattern RATIO = Pattern.compile("\\s*(\\d{1,5})\\s*[:/]\\s*(\\d{1,5})\\s*");

  static RequestedFields of(JsonNode body, String model) {
    return new RequestedFields(
        body,
        Map.of(
            "diffusionStrength",
            NODES.numberNode(GenerationRequest.DEFAULT_DIFFUSION_STRENGTH),
            "styleIntensity",
            NODES.numberNode(GenerationRequest.DEFAULT_STYLE_INTENSITY),
            "width",
            NODES.numberNode(GenerationRequest.DEFAULT_SIDE),
            "height",
            NODES.numberNode(GenerationRequest.DEFAULT_SIDE),
            "seed",
            NODES.numberNode(-1),
            "model",
            NODES.stringNode(model),
            "userId",
            NODES.stringNode(GenerationRequest.ANONYMOUS)));
  }

  /** Whether the field has this value. */
  boolean is(String field, @Nullable JsonNode value) {
    var own = given(field);
    return own != null && value != null && same(own, value);
  }

  /** Whether the picture gets this size: such as {@code 512x512}; a number is both sides. */
  boolean isSize(JsonNode size) {
    if (size.isObject()) {
      return is("width", size.get("width")) && is("height", size.get("height"));
    }
    if (size.isNumber()) {
      return is("width", size) && is("height", size);
    }
    var sides = SIZE.matcher(size.isString() ? size.stringValue() : "");
    if (sides.matches()) {
      return is("width", number(sides.group(1))) && is("height", number(sides.group(2)));
    }
    return size.isString() && size.stringValue().strip().equalsIgnoreCase("auto");
  }

  /** Whether its sides have this ratio: a text such as {@code 16:9}. */
  boolean isRatio(JsonNode ratio) {
    var sides = RATIO.matcher(ratio.isString() ? ratio.stringValue() : "");
    var width = given("width");
    var height = given("height");
    return sides.matches()
        && width != null
        && width.isNumber()
        && height != null
        && height.isNumber()
        && same(product(width, sides.group(2)), product(height, sides.group(1)));
  }

  static boolean same(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    if (one.isString() && other.isString()) {
      return StyleNames.canonical(one.stringValue())
          .equals(StyleNames.canonical(other.stringValue()));
    }
    return one.equals(other);
  }

  private @Nullable JsonNode given(String field) {
    var node = body.get(field);
    return node == null || node.isNull() ? defaults.get(field) : node;
  }

  private static JsonNode number(String digits) {
    return NODES.numberNode(Integer.parseInt(digits));
  }

  private static JsonNode product(JsonNode side, String factor) {
    return NODES.numberNode(side.decimalValue().multiply(new BigDecimal(factor)));
  }
}
