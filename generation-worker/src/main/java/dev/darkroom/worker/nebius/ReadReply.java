package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads Nebius's replies: {@code {"data":[{"b64_json":"…","url":"…"}],"id":"…"}} straight from the
 * socket into the store.
 */
final class ReadReply {
  /** Of what is no picture, such as a picture's address. */
  private static final int LONGEST_TEXT = 16 * 1024;

  private final KeptWords kept;

  /** Pictures are no strings to it: they are decoded as they come, and never held. */
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_TEXT).build())
                  // whoever opened a body closes it; here it would be read to its end, however long
                  .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                  .build())
          .build();

  ReadReply(KeptWords kept) {
    this.kept = kept;
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
          : new BadReply("The answer could not be read: " + kept.of(e.getOriginalMessage()));
    }
  }

  private static boolean isFirst(String field, JsonParser parser) {
    return field.equals(parser.currentName())
        && parser.streamReadContext().pathAsPointer().toString().equals("/data/0/" + field);
  }
}
