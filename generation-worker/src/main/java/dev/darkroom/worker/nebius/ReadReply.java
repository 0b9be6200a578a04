package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads Nebius's replies: {@code {"data":[{"b64_json":"…","url":"…"}],"id":"…"}} straight from the
 * socket into the store, and the forms of its errors, {@code {"detail":"text"}} and {@code
 * {"detail":[{"loc","msg","type"}]}}, and of others that speak this protocol, {@code
 * {"error":{"message":"text"}}}.
 */
final class ReadReply {
  private static final int MAX_ERROR_BODY = 16 * 1024;
  private static final int MAX_REASON = 500;

  private final ApiKey key;

  /** Pictures are no strings to it: they are decoded as they come, and never held. */
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_ERROR_BODY).build())
                  // whoever opened a body closes it; here it would be read to its end, however long
                  .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                  .build())
          .build();

  /**
   * @param key removed from every word that is kept of a reply
   */
  ReadReply(ApiKey key) {
    this.key = key;
  }

  /** The reply holds no picture that can be read; the message says why. */
  static final class BadReply extends IOException {
    BadReply(String reason) {
      super(reason);
    }
  }

  /** What was bought is lost on its way: carried out, and paid for; the message says where. */
  static final class CutReply extends IOException {
    CutReply(String where, IOException cause) {
      super(where, cause);
    }
  }

  /**
   * Decodes the first picture into the draft without holding a copy of it, and reads on to the end
   * of the document: one that breaks off was cut.
   *
   * @return where the picture is to be fetched, if it did not come with the reply
   */
  Optional<String> picture(InputStream body, OutputStream draft) throws IOException {
    var store = new ToStore(draft);
    try (var parser = json.createParser(body)) {
      var found = false;
      @Nullable String url = null;
      while (parser.nextToken() != null) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
          continue;
        }
        if (!found && isFirst("b64_json", parser)) {
          found = parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, store) > 0;
        } else if (isFirst("url", parser)) {
          url = parser.getString();
        }
      }
      if (!found && url == null) {
        throw new BadReply("The answer holds no picture.");
      }
      return found ? Optional.empty() : Optional.ofNullable(url);
    } catch (JacksonException e) {
      store.blameStoreIfItFailed();
      throw e instanceof JacksonIOException && e.getCause() instanceof IOException cut
          ? new CutReply("The answer broke off in the middle", cut)
          : new BadReply("The answer could not be read: " + withoutKey(e.getOriginalMessage()));
    }
  }

  private static boolean isFirst(String field, JsonParser parser) {
    return field.equals(parser.currentName())
        && parser.streamReadContext().pathAsPointer().toString().equals("/data/0/" + field);
  }

  /**
   * Nebius's own words about what is wrong, or the beginning of what else came, such as a proxy's
   * page.
   */
  String reason(int status, InputStream body) {
    var text = beginning(body);
    var words = text.startsWith("<") ? "" : words(text);
    return "Nebius answered " + status + (words.isEmpty() ? "." : ": " + withoutKey(words));
  }

  private static String beginning(InputStream body) {
    var text = new byte[MAX_ERROR_BODY];
    var filled = 0;
    try {
      for (var read = 0; read >= 0 && filled < text.length; filled += Math.max(0, read)) {
        read = body.read(text, filled, text.length - filled);
      }
    } catch (IOException e) {
      // the status was clear enough, and these are its words as far as they came
    }
    return new String(text, 0, filled, StandardCharsets.UTF_8).strip();
  }

  private String words(String text) {
    try {
      var reply = json.readTree(text);
      return Stream.of(
              reply.path("detail"),
              reply.path("error").path("message"),
              reply.path("error"),
              reply.path("message"))
          .map(ReadReply::words)
          .filter(Predicate.not(String::isEmpty))
          .findFirst()
          .orElse("");
    } catch (JacksonException e) {
      return firstLine(text);
    }
  }

  /** Of a text, or of a list of problems. */
  private static String words(JsonNode said) {
    return said.isArray()
        ? said.valueStream()
            .map(ReadReply::problem)
            .filter(Predicate.not(String::isEmpty))
            .collect(Collectors.joining("; "))
        : said.stringValue("");
  }

  private static String problem(JsonNode one) {
    var place = one.path("loc").valueStream().map(part -> part.asString("")).toList();
    var message = one.path("msg").stringValue("");
    return place.isEmpty() || message.isEmpty()
        ? message
        : String.join(".", place) + ": " + message;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }

  /** First the key, then the length: half a key would not be recognized. */
  private String withoutKey(@Nullable String words) {
    var kept = key.removedFrom(firstLine(words == null ? "" : words));
    return kept.length() <= MAX_REASON ? kept : kept.substring(0, MAX_REASON) + "…";
  }
}
