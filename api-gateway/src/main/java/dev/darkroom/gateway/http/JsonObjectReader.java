package dev.darkroom.gateway.http;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Reads JSON whose unknown fields may hold anything, such as numbers beyond all limits; whether a
 * value is usable is checked where its field is read.
 */
public final class JsonObjectReader {
  public static final int MAX_NESTING = 64;

  /** Stands for numbers with exponents beyond those of BigDecimal, such as 1e99999999999. */
  static final BigDecimal OUT_OF_RANGE = new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE);

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
            .build();
  }

  /**
   * Returns a missing node for an empty body.
   *
   * @throws tools.jackson.core.JacksonException if the body is not JSON, names a field twice, or is
   *     nested too deep
   */
  public JsonNode read(String body) {
    try (var parser = new AnyExponentParser(json.createParser(body))) {
      return Objects.requireNonNullElse(
          json.readTree(parser), JsonNodeFactory.instance.missingNode());
    }
  }

  private static final class AnyExponentParser extends JsonParserDelegate {
    AnyExponentParser(JsonParser parser) {
      super(parser);
    }

    @Override
    public BigDecimal getDecimalValue() {
      try {
        return super.getDecimalValue();
      } catch (NumberFormatException e) {
        return OUT_OF_RANGE;
      }
    }
  }
}
