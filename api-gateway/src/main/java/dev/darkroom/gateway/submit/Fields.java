package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of a JSON object and notes every one that breaks its rule. A bad field reads
 * like an absent one; null is absent.
 */
final class Fields {
  private static final int LONGEST_NUMBER_REPEATED = 32;
  private static final BigDecimal LEAST_SCALE = BigDecimal.valueOf((long) Lora.MIN_SCALE);
  private static final BigDecimal MOST_SCALE = BigDecimal.valueOf((long) Lora.MAX_SCALE);

  private final JsonNode object;
  private final String prefix;
  private final List<BadField> bad;

  Fields(JsonNode object) {
    this(object, "", new ArrayList<>());
  }

  /**
   * @param prefix before the names of its fields, where it is a part of another object
   * @param bad where to note them
   */
  private Fields(JsonNode object, String prefix, List<BadField> bad) {
    this.object = object;
    this.prefix = prefix;
    this.bad = bad;
  }

  List<BadField> bad() {
    return List.copyOf(bad);
  }

  /** A text that must be there. */
  String requiredText(String field, int max) {
    var errors = bad.size();
    var text = text(field, max);
    if (text.isEmpty() && bad.size() == errors) {
      refuse(field, "is required: a text of 1 to %d characters, not blank".formatted(max));
    }
    return text.orElse("");
  }

  /** Empty for a blank text, too. */
  Optional<String> text(String field, int max) {
    var node = value(field);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    if (!node.get().isString()) {
      refuse(
          field,
          "must be a text of at most %d characters, but is %s".formatted(max, kind(node.get())));
      return Optional.empty();
    }
    var text = node.get().stringValue();
    var characters = GenerationRequest.characters(text);
    if (characters > max) {
      refuse(field, "must have at most %d characters, but has %d".formatted(max, characters));
    } else if (!isStorable(text)) {
      refuse(field, "must contain neither the character U+0000 nor half of a surrogate pair");
    } else if (!isBlank(text)) {
      return Optional.of(text);
    }
    return Optional.empty();
  }

  /** One of these texts; empty for a blank one. */
  Optional<String> oneOf(String field, Collection<String> allowed) {
    var node = value(field);
    if (node.isEmpty() || (node.get().isString() && isBlank(node.get().stringValue()))) {
      return Optional.empty();
    }
    var text = node.filter(JsonNode::isString).map(JsonNode::stringValue);
    if (text.filter(allowed::contains).isEmpty()) {
      refuse(field, "must be one of " + String.join(", ", allowed));
      return Optional.empty();
    }
    return text;
  }

  /** A number from 0 to 1. */
  double share(String field, double otherwise) {
    var rule = "must be a number from 0 to 1, but is %s";
    var number = number(field, rule);
    if (number.isPresent() && !isWithin(number.get(), BigDecimal.ZERO, BigDecimal.ONE)) {
      refuse(field, rule.formatted(kind(object.get(field))));
      return otherwise;
    }
    return number.map(BigDecimal::doubleValue).orElse(otherwise);
  }

  /** An integer, also where it is written as 512.0. */
  Optional<Long> integer(String field, long min, long max) {
    return integer(
        field, min, max, "must be an integer from %d to %d, but is ".formatted(min, max) + "%s");
  }

  private Optional<Long> integer(String field, long min, long max, String rule) {
    var number = number(field, rule);
    if (number.isPresent()
        && !(isWithin(number.get(), BigDecimal.valueOf(min), BigDecimal.valueOf(max))
            && isWhole(number.get()))) {
      refuse(field, rule.formatted(kind(object.get(field))));
      return Optional.empty();
    }
    return number.map(BigDecimal::longValueExact);
  }

  /** A seed; empty also for -1, by which clients ask for any. */
  Optional<Long> seed(String field) {
    var rule =
        "must be an integer from 0 to %d, or -1 for any, but is ".formatted(Long.MAX_VALUE) + "%s";
    return integer(field, -1, Long.MAX_VALUE, rule).filter(seed -> seed >= 0);
  }

  /** An array of {@code {url, scale}}. */
  Optional<List<Lora>> loras(String field) {
    var node = value(field);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    var array = node.get();
    if (!array.isArray() || array.isEmpty() || array.size() > GenerationRequest.MAX_LORAS) {
      refuse(
          field,
          "must be an array of 1 to %d objects {\"url\", \"scale\"}, but %s"
              .formatted(
                  GenerationRequest.MAX_LORAS,
                  array.isArray() ? "has " + array.size() : "is " + kind(array)));
      return Optional.empty();
    }
    return Optional.of(
        IntStream.range(0, array.size())
            .mapToObj(i -> lora(array.get(i), "%s[%d]".formatted(field, i)))
            .flatMap(Optional::stream)
            .toList());
  }

  private Optional<Lora> lora(JsonNode node, String path) {
    if (!node.isObject()) {
      refuse(path, "must be an object {\"url\", \"scale\"}, but is " + kind(node));
      return Optional.empty();
    }
    var fields = new Fields(node, path + ".", bad);
    var url = fields.httpsUrl("url");
    var rule = "must be a number from %s to %s, but is ".formatted(LEAST_SCALE, MOST_SCALE) + "%s";
    var scale = fields.number("scale", rule).orElse(BigDecimal.ONE);
    if (!isWithin(scale, LEAST_SCALE, MOST_SCALE)) {
      fields.refuse("scale", rule.formatted(kind(node.get("scale"))));
      return Optional.empty();
    }
    return url.map(address -> new Lora(address, scale.doubleValue()));
  }

  private Optional<String> httpsUrl(String field) {
    var errors = bad.size();
    var url = text(field, Lora.MAX_URL);
    if (url.filter(Fields::isHttps).isEmpty()) {
      if (bad.size() > errors) {
        return Optional.empty();
      }
      refuse(field, "must be an https address without a login, such as https://example.com/a.bin");
      return Optional.empty();
    }
    return url;
  }

  private static boolean isHttps(String url) {
    try {
      var uri = new URI(url);
      return "https".equalsIgnoreCase(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private Optional<BigDecimal> number(String field, String rule) {
    var node = value(field);
    if (node.isPresent() && !node.get().isNumber()) {
      refuse(field, rule.formatted(kind(node.get())));
      return Optional.empty();
    }
    return node.map(JsonNode::decimalValue);
  }

  private Optional<JsonNode> value(String field) {
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  private void refuse(String field, String message) {
    bad.add(new BadField(prefix + field, message));
  }

  /** Comparing is cheap for any exponent; turning 1e999999999 into an integer is not. */
  private static boolean isWithin(BigDecimal number, BigDecimal min, BigDecimal max) {
    return number.compareTo(min) >= 0 && number.compareTo(max) <= 0;
  }

  private static boolean isWhole(BigDecimal number) {
    return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
  }

  /** Whether it shows nothing: no-break spaces, marks of direction and controls are no words. */
  private static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(c ->
            Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT);
  }

  /** PostgreSQL's text has no U+0000, and UTF-8 no halves of surrogate pairs. */
  private static boolean isStorable(String text) {
    return text.codePoints()
        .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  /** The value itself where it is a short number, else what sort of value it is. */
  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NUMBER -> {
        var number = node.decimalValue().toString();
        yield number.length() <= LONGEST_NUMBER_REPEATED ? number : "a very long number";
      }
      case STRING -> "a text";
      case BOOLEAN -> node.booleanValue() ? "true" : "false";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case POJO -> "a number with an exponent that is out of range";
      case NULL, MISSING, BINARY -> "something else";
    };
  }
}
