package dev.darkroom.worker.nebius;

import dev.darkroom.picture.PictureTooLarge;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads Nebius's replies: {@code {"data":[{"b64_json":"…"}],"id":"…"}} straight from the socket
 * into the store, and the two forms of its errors, {@code {"detail":"text"}} and {@code
 * {"detail":[{"loc","msg","type"}]}}.
 */
final class ReadReply {
  private static final int MAX_ERROR_BODY = 16 * 1024;
  private static final int MAX_REASON = 500;

  private final JsonMapper json;
  private final ObjectReader reader;

  ReadReply(JsonMapper json) {
    this.json = json;
    // whoever opened the body knows how to close it; here it would be read to its end, however long
    this.reader = json.reader().without(StreamReadFeature.AUTO_CLOSE_SOURCE);
  }

  /** The store did not take what was read; the reply is not to blame. */
  static final class StoreRefused extends IOException {
    StoreRefused(IOException cause) {
      super(cause.getMessage(), cause);
    }
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
   */
  void picture(InputStream body, OutputStream draft) throws IOException {
    var store = new ToStore(draft);
    try (var parser = reader.createParser(body)) {
      var found = false;
      while (parser.nextToken() != null) {
        if (!found && isFirstPicture(parser)) {
          parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, store);
          found = true;
        }
      }
      if (!found) {
        throw new BadReply("The answer holds no picture.");
      }
    } catch (JacksonException e) {
      throw whoseFault(e, store.failure);
    }
  }

  /** Jackson wraps what happens on either side of it in its own exceptions. */
  private static IOException whoseFault(JacksonException e, @Nullable IOException storeFailure) {
    if (storeFailure instanceof PictureTooLarge) {
      return new BadReply("The answer can't be kept: " + storeFailure.getMessage());
    }
    if (storeFailure != null) {
      return new StoreRefused(storeFailure);
    }
    return e instanceof JacksonIOException && e.getCause() instanceof IOException cut
        ? new CutReply(cut)
        : new BadReply("The answer could not be read: " + firstLine(e.getOriginalMessage()));
  }

  private static boolean isFirstPicture(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_STRING
        && "b64_json".equals(parser.currentName())
        && Objects.equals(
            "/data/0/b64_json", parser.streamReadContext().pathAsPointer().toString());
  }

  /**
   * Nebius's own words about what is wrong, or the beginning of what else came, such as a proxy's
   * page.
   */
  String reason(int status, InputStream body) {
    var text = beginning(body);
    var words = text.startsWith("<") ? "" : words(text);
    return "Nebius answered " + status + (words.isEmpty() ? "." : ": " + shortened(words));
  }

  private static String beginning(InputStream body) {
    try {
      return new String(body.readNBytes(MAX_ERROR_BODY), StandardCharsets.UTF_8);
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

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("").strip();
  }

  private static String shortened(String words) {
    return words.length() <= MAX_REASON ? words : words.substring(0, MAX_REASON) + "…";
  }

  /**
   * Remembers that it was the store that failed: Jackson wraps what happens on either side in the
   * same exception.
   */
  private static final class ToStore extends OutputStream {
    private final OutputStream store;
    private @Nullable IOException failure;

    ToStore(OutputStream store) {
      this.store = store;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        store.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
