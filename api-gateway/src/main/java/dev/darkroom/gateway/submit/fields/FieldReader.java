package dev.darkroom.gateway.submit.fields;

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
 * Reads the fields of a JSON object and collects every bad one. A bad field reads like an absent
 * one, and so does null.
 */
public final class FieldReader {
  private static final int LONGEST_NUMBER_SHOWN = 32;
  private static final BigDecimal LEAST_SCALE = BigDecimal.valueOf((long) Lora.MIN_SCALE);
  private static final BigDecimal MOST_SCALE = BigDecimal.valueOf((long) Lora.MAX_SCALE);

  private final JsonNode object;
  private final String prefix;
  private final List<BadField> errors;

  public FieldReader(JsonNode object) {
    this(object, "", new ArrayList<>());
  }

  /**
   * @param prefix of the names of its fields, where it is part of another object
   */
  private FieldReader(JsonNode object, String prefix, List<BadField> errors) {
    this.object = object;
    this.prefix = prefix;
    this.errors = errors;
  }

  public List<BadField> errors() {
    return List.copyOf(errors);
  }

  public String requiredText(String field, int max) {
    var before = errors.size();
    var text = text(field, max);
    if (text.isEmpty() && errors.size() == before) {
      reject(field, "is required: a string of 1 to %d characters, not blank".formatted(max));
    }
    return text.orElse("");
  }

  /** Empty for a blank text, too. */
  public Optional<String> text(String field, int max) {
    var node = value(field);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    if (!node.get().isString()) {
      reject(
          field,
          "must be a string of at most %d characters; got %s".formatted(max, kind(node.get())));
      return Optional.empty();
    }
    var text = node.get().stringValue();
    var characters = GenerationRequest.characters(text);
    if (characters > max) {
      reject(field, "must have at most %d characters; got %d".formatted(max, characters));
    } else if (!isStorable(text)) {
      reject(field, "must not contain U+0000 or half of a surrogate pair");
    } else if (!isBlank(text)) {
      return Optional.of(text);
    }
    return Optional.empty();
  }

  /** Empty for a blank text, too. */
  public Optional<String> oneOf(String field, Collection<String> allowed) {
    var node = value(field);
    if (node.isEmpty() || (node.get().isString() && isBlank(node.get().stringValue()))) {
      return Optional.empty();
    }
    var text = node.filter(JsonNode::isString).map(JsonNode::stringValue).filter(allowed::contains);
    if (text.isEmpty()) {
      reject(field, "must be one of " + String.join(", ", allowed));
    }
    return text;
  }

  /** A number between 0 and 1. */
  public double share(String field, double otherwise) {
    return number(field, BigDecimal.ZERO, BigDecimal.ONE)
        .map(BigDecimal::doubleValue)
        .orElse(otherwise);
  }

  /** An integer, also where it is written as 512.0. */
  public Optional<Long> integer(String field, long min, long max) {
    return integer(field, min, max, "an integer between %d and %d".formatted(min, max));
  }

  /** Empty also for -1, by which clients ask for any. */
  public Optional<Long> seed(String field) {
    var rule = "an integer between 0 and %d, or -1 for any".formatted(Long.MAX_VALUE);
    return integer(field, -1, Long.MAX_VALUE, rule).filter(seed -> seed >= 0);
  }

  /** An array of {@code {url, scale}}. */
  public Optional<List<Lora>> loras(String field) {
    var node = value(field);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    var array = node.get();
    if (!array.isArray() || array.isEmpty() || array.size() > GenerationRequest.MAX_LORAS) {
      reject(
          field,
          "must be an array of 1 to %d objects {\"url\", \"scale\"}; got %s"
              .formatted(
                  GenerationRequest.MAX_LORAS, array.isArray() ? array.size() : kind(array)));
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
      reject(path, "must be an object {\"url\", \"scale\"}; got " + kind(node));
      return Optional.empty();
    }
    var fields = new FieldReader(node, path + ".", errors);
    var url = fields.httpsUrl("url");
    var scale = fields.number("scale", LEAST_SCALE, MOST_SCALE).orElse(BigDecimal.ONE);
    return url.map(address -> new Lora(address, scale.doubleValue()));
  }

  private Optional<String> httpsUrl(String field) {
    var before = errors.size();
    var url = text(field, Lora.MAX_URL).filter(FieldReader::isHttps);
    if (url.isEmpty() && errors.size() == before) {
      reject(field, "must be an https URL without credentials, such as https://example.com/a.bin");
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

  private Optional<Long> integer(String field, long min, long max, String rule) {
    var number = value(field).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
    if (number.isPresent()
        && isWithin(number.get(), BigDecimal.valueOf(min), BigDecimal.valueOf(max))
        && isWhole(number.get())) {
      return number.map(BigDecimal::longValueExact);
    }
    value(field).ifPresent(node -> reject(field, "must be %s; got %s".formatted(rule, kind(node))));
    return Optional.empty();
  }

  private Optional<BigDecimal> number(String field, BigDecimal min, BigDecimal max) {
    var number = value(field).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
    if (number.isPresent() && isWithin(number.get(), min, max)) {
      return number;
    }
    value(field)
        .ifPresent(node ->
            reject(
                field,
                "must be a number between %s and %s; got %s".formatted(min, max, kind(node))));
    return Optional.empty();
  }

  private Optional<JsonNode> value(String field) {
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  private void reject(String field, String message) {
    errors.add(new BadField(prefix + field, message));
  }

  /** Comparing is cheap for any exponent; turning 1e999999999 into an integer is not. */
  private static boolean isWithin(BigDecimal number, BigDecimal min, BigDecimal max) {
    return number.compareTo(min) >= 0 && number.compareTo(max) <= 0;
  }

  private static boolean isWhole(BigDecimal number) {
    return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
  }

  /** No-break spaces, direction marks and control characters show nothing. */
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

  /** A short number itself, otherwise the type of the value. */
  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NUMBER -> {
        var number = node.decimalValue().toString();
        yield number.length() <= LONGEST_NUMBER_SHOWN ? number : "a very long number";
      }
      case STRING -> "a string";
      case BOOLEAN -> node.booleanValue() ? "true" : "false";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case POJO -> "a number with an exponent that is out of range";
      case NULL, MISSING, BINARY -> "something else";
    };
  }
}
