package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
 * socket into the store, and the two forms of its errors, {@code {"detail":"text"}} and {@code
 * {"detail":[{"loc","msg","type"}]}}.
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

  /**
   * The connection ended in the middle of a reply that had begun well: carried out, and lost on its
   * way.
   */
  static final class CutReply extends IOException {
    CutReply(IOException cause) {
      super(cause.getMessage(), cause);
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
          ? new CutReply(cut)
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
    try {
      return new String(body.readNBytes(MAX_ERROR_BODY), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return ""; // the status was clear enough
    }
  }

  private String words(String text) {
    try {
      var detail = json.readTree(text).path("detail");
      if (detail.isString()) {
        return detail.asString();
      }
      if (detail.isArray()) {
        return String.join("; ", detail.valueStream().map(ReadReply::words).toList());
      }
      return "";
    } catch (JacksonException e) {
      return firstLine(text);
    }
  }

  private static String words(JsonNode problem) {
    var place =
        String.join(".", problem.path("loc").valueStream().map(JsonNode::asString).toList());
    return place + ": " + problem.path("msg").asString("");
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
