package dev.darkroom.worker.nebius.response;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.worker.nebius.http.ApiKey;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.TruncatedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Parses {@code {"data":[{"b64_json":"…","url":"…"}],"id":"…"}} straight from the socket into the
 * store.
 */
public final class ImageResponseParser {
  /** Of what is not a picture, such as a picture's URL. */
  private static final int LONGEST_TEXT = 16 * 1024;

  /** Of what nobody asked for, such as a preview. */
  private static final int LONGEST_SKIPPED = 4 * 1024 * 1024;

  /** Tokens around a picture that are kept, to tell what came in place of one. */
  private static final int MOST_TOKENS = 500;

  /** A picture has two fields, each of which may be empty. */
  private static final int MOST_PICTURES = 8;

  private final ApiKey key;

  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_SKIPPED).build())
                  // closing would first read the body to its end, however long
                  .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                  .build())
          .build();

  /**
   * @param key removed from messages
   */
  public ImageResponseParser(ApiKey key) {
    this.key = key;
  }

  /** What a response holds. */
  public sealed interface ImageContent {
    /** The picture is in the draft. */
    record InlineImage() implements ImageContent {}

    /** The picture is to be downloaded. */
    record LinkedImage(String url) implements ImageContent {}

    /**
     * No picture.
     *
     * @param body the rest of the response, if it is small enough
     */
    record NoImage(JsonNode body) implements ImageContent {}
  }

  /**
   * Decodes the first picture into the draft, and reads on to the end of the document: one that
   * breaks off was cut.
   */
  public ImageContent parse(InputStream body, OutputStream draft) throws IOException {
    var store = new StoreOutputStream(draft);
    try {
      return new DocumentWalk(new BoundedInput(body, store), store).toEnd();
    } catch (JacksonException e) {
      store.throwStoreFailure();
      throw unreadable(e);
    } catch (IOException e) {
      store.throwStoreFailure();
      throw e;
    }
  }

  private IOException unreadable(JacksonException e) {
    if (e instanceof JacksonIOException && e.getCause() instanceof IOException cause) {
      return cause instanceof MalformedResponse
          ? cause
          : new TruncatedResponse("The answer broke off in the middle", cause);
    }
    return new MalformedResponse(
        "The answer could not be read: " + key.sanitize(e.getOriginalMessage()),
        "The answer could not be read.");
  }

  /** Ends a response that grows, compressed or not, without bringing a picture. */
  private static final class BoundedInput extends FilterInputStream {
    private static final long BESIDE_ITS_PICTURE = 4L << 20;

    /** However it is wrapped and escaped, no byte of a picture takes more bytes. */
    private static final int PER_BYTE = 16;

    private final StoreOutputStream store;
    private long read;

    BoundedInput(InputStream body, StoreOutputStream store) {
      super(body);
      this.store = store;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      var count = super.read(buffer, offset, length);
      read += Math.max(0, count);
      if (read > BESIDE_ITS_PICTURE + PER_BYTE * store.written()) {
        throw new MalformedResponse("The answer is larger than any picture explains.");
      }
      return count;
    }
  }

  private final class DocumentWalk {
    private final StoreOutputStream store;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final JsonGenerator copy = json.createGenerator(kept);
    private int tokens;
    private int pictures;
    private InputStream body;
    private JsonParser parser;
    private boolean found;
    private @Nullable String url;

    DocumentWalk(InputStream body, StoreOutputStream store) {
      this.body = body;
      this.store = store;
      this.parser = json.createParser(body);
    }

    ImageContent toEnd() throws IOException {
      try (var _ = copy) {
        while (parser.nextToken() != null) {
          if (parser.currentToken() == JsonToken.VALUE_STRING && isPicture()) {
            readPicture();
          } else if (!found && tokens++ < MOST_TOKENS) {
            keepToken();
          }
        }
      } finally {
        parser.close();
      }
      if (found) {
        return new ImageContent.InlineImage();
      }
      return url == null ? new ImageContent.NoImage(rest()) : new ImageContent.LinkedImage(url);
    }

    private void keepToken() {
      if (parser.currentToken() == JsonToken.VALUE_STRING
          && parser.getStringLength() > LONGEST_TEXT) {
        copy.writeString(""); // too long for an error message
      } else {
        copy.copyCurrentEvent(parser);
      }
    }

    private boolean isPicture() {
      var name = parser.currentName();
      return "b64_json".equals(name) || ("url".equals(name) && isAt("/data/"));
    }

    private boolean isAt(String path) {
      return parser.streamReadContext().pathAsPointer().toString().startsWith(path);
    }

    private void readPicture() throws IOException {
      var field = parser.currentName();
      if (!found && isAt("/data/0/" + field)) {
        var text = new ImageTextDecoder(afterOpeningQuote());
        if (field.equals("url") && !text.isDataUrl()) {
          var given = text.asShortText(LONGEST_TEXT);
          url = given.isEmpty() ? url : given;
        } else {
          text.decodeInto(store);
          found = store.written() > 0;
        }
        resumeAt(field, text.rest());
      }
      if (!found && tokens++ < MOST_TOKENS) {
        copy.writeString("");
      }
    }

    /** Jackson would hold the whole string; so its place is taken here, with what it has read. */
    private InputStream afterOpeningQuote() throws IOException {
      var readAhead = new ByteArrayOutputStream();
      if (pictures++ == MOST_PICTURES) {
        throw new MalformedResponse("The answer has too many fields for its picture.");
      }
      if (parser.releaseBuffered(readAhead) < 0) {
        throw new MalformedResponse("The answer could not be read: it is not in UTF-8.");
      }
      return new SequenceInputStream(new ByteArrayInputStream(readAhead.toByteArray()), body);
    }

    /** A new parser, in the place where the old one was, with an empty string for the picture. */
    private void resumeAt(String field, InputStream rest) {
      var before = "{\"data\":[{\"" + field + "\":\"\"";
      body = new SequenceInputStream(new ByteArrayInputStream(before.getBytes(UTF_8)), rest);
      parser.close();
      parser = json.createParser(body);
      for (var token = parser.nextToken(); token != JsonToken.VALUE_STRING; ) {
        token = parser.nextToken();
      }
    }

    private JsonNode rest() {
      return tokens <= MOST_TOKENS && kept.size() > 0
          ? json.readTree(kept.toByteArray())
          : MissingNode.getInstance();
    }
  }
}
