package dev.darkroom.gateway.http;

import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads the fields of a JSON object and collects every bad one. A bad field reads like an absent
 * one, and so does null.
 */
public final class FieldReader {
  private static final int LONGEST_NUMBER_SHOWN = 32;
  private static final int LONGEST_TIME = 40;
  private static final int LONGEST_NAME_SHOWN = 64;
  private static final int MOST_UNKNOWN = 20;

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
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isString()) {
      reject(field, "must be a string of at most %d characters; got %s".formatted(max, kind(node)));
      return Optional.empty();
    }
    var text = node.stringValue();
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
    if (node.isMissingNode() || (node.isString() && isBlank(node.stringValue()))) {
      return Optional.empty();
    }
    if (node.isString() && allowed.contains(node.stringValue())) {
      return Optional.of(node.stringValue());
    }
    reject(field, "must be one of " + String.join(", ", allowed));
    return Optional.empty();
  }

  /** The fields of an object inside this one; none where it is absent or bad. */
  public FieldReader object(String field) {
    var node = value(field);
    if (!node.isMissingNode() && !node.isObject()) {
      reject(field, "must be an object; got " + kind(node));
    }
    return new FieldReader(node, prefix + field + ".", errors);
  }

  public boolean flag(String field) {
    var node = value(field);
    if (!node.isMissingNode() && !node.isBoolean()) {
      reject(field, "must be true or false; got " + kind(node));
    }
    return node.isBoolean() && node.booleanValue();
  }

  public Optional<Instant> instant(String field) {
    var text = text(field, LONGEST_TIME);
    var time = text.flatMap(RequestParameters::timestamp);
    if (text.isPresent() && time.isEmpty()) {
      reject(field, RequestParameters.TIMESTAMP_RULE);
    }
    return time;
  }

  /** Rejects all other fields: where one may be misspelt, to ignore it does more than was asked. */
  public void allowOnly(String... names) {
    var known = List.of(names);
    object.propertyNames().stream()
        .filter(name -> !known.contains(name))
        .limit(MOST_UNKNOWN)
        .forEach(name ->
            reject(shown(name), "is not a field here; there are " + String.join(", ", known)));
  }

  /** A name as replies may have it: cut, and without halves of surrogate pairs. */
  public static String shown(String name) {
    var shown = new StringBuilder();
    name.codePoints()
        .limit(LONGEST_NAME_SHOWN)
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(shown::appendCodePoint);
    return shown.length() < name.length() ? shown.append('…').toString() : shown.toString();
  }

  /** Notes what is wrong with a field; the message continues a sentence that names it. */
  public void reject(String field, String message) {
    errors.add(new BadField(prefix + field, message));
  }

  /** A number between 0 and 1. */
  public double share(String field, double otherwise) {
    return number(field, 0, 1).orElse(otherwise);
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
    var array = value(field);
    if (array.isMissingNode()) {
      return Optional.empty();
    }
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
    var scale = fields.number("scale", (long) Lora.MIN_SCALE, (long) Lora.MAX_SCALE).orElse(1.0);
    return url.map(address -> new Lora(address, scale));
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
    return within(field, min, max, rule, FieldReader::isWhole).map(BigDecimal::longValueExact);
  }

  private Optional<Double> number(String field, long min, long max) {
    var rule = "a number between %d and %d".formatted(min, max);
    return within(field, min, max, rule, _ -> true).map(BigDecimal::doubleValue);
  }

  /** Compares first, which is cheap for any exponent; 1e999999999 as an integer is not. */
  private Optional<BigDecimal> within(
      String field, long min, long max, String rule, Predicate<BigDecimal> also) {
    var node = value(field);
    var number =
        Optional.of(node)
            .filter(JsonNode::isNumber)
            .map(JsonNode::decimalValue)
            .filter(n -> n.compareTo(BigDecimal.valueOf(min)) >= 0)
            .filter(n -> n.compareTo(BigDecimal.valueOf(max)) <= 0)
            .filter(also);
    if (number.isEmpty() && !node.isMissingNode()) {
      reject(field, "must be %s; got %s".formatted(rule, kind(node)));
    }
    return number;
  }

  /** Null is absent, too. */
  public JsonNode value(String field) {
    var node = object.path(field);
    return node.isNull() ? JsonNodeFactory.instance.missingNode() : node;
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
      case NUMBER -> shown(node.decimalValue());
      case STRING -> "a string";
      case BOOLEAN -> node.booleanValue() ? "true" : "false";
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      default -> "something else";
    };
  }

  private static String shown(BigDecimal number) {
    if (number.compareTo(JsonObjectReader.OUT_OF_RANGE) == 0) {
      return "a number with an exponent that is out of range";
    }
    var digits = number.toString();
    return digits.length() <= LONGEST_NUMBER_SHOWN ? digits : "a very long number";
  }
}
