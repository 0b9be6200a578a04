package dev.darkroom.gateway.submit.fields;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads a JSON object whose unknown fields may hold any JSON, such as numbers beyond all limits;
 * whether a value is usable is checked where its field is read.
 */
public final class JsonObjectReader {
  public static final int MAX_NESTING = 64;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonMapper json;

  /**
   * @param longest the length that a body may have; it limits numbers and names as well
   */
  public JsonObjectReader(int longest) {
    json =
        JsonMapper.builder(
                JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // only the body's size is limited, so long numbers must be cheap
                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                    // clients choose the names, which would be cached
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxNumberLength(longest)
                            .maxNameLength(longest)
                            .build())
                    .build())
            // doubles would turn 1e400 into infinity and round what must be exact
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            // a field is read alone, and the next one follows
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
  }

  /**
   * Returns a missing node where the body is no object.
   *
   * @throws tools.jackson.core.JacksonException if the body is not JSON, names a field twice, or is
   *     nested too deep
   */
  public JsonNode read(String body) {
    try (var parser = json.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return NODES.missingNode();
      }
      var object = object(parser);
      if (parser.nextToken() != null) {
        throw new StreamReadException(parser, "something follows the object");
      }
      return object;
    }
  }

  private JsonNode object(JsonParser parser) {
    var object = NODES.objectNode();
    for (var field = parser.nextName(); field != null; field = parser.nextName()) {
      parser.nextToken();
      object.set(field, value(parser));
    }
    return object;
  }

  private JsonNode array(JsonParser parser) {
    var array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  /** How deep this goes, the parser limits. */
  private JsonNode value(JsonParser parser) {
    var token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser);
    }
    if (token == JsonToken.START_ARRAY) {
      return array(parser);
    }
    try {
      return json.readTree(parser);
    } catch (NumberFormatException e) {
      // what Jackson throws for exponents beyond those of BigDecimal, such as 1e99999999999
      return NODES.pojoNode(token);
    }
  }
}
