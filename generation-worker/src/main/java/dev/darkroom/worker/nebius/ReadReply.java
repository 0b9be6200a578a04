package dev.darkroom.worker.nebius;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
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
 * Reads Nebius's replies: {@code {"data":[{"b64_json":"…","url":"…"}],"id":"…"}} straight from the
 * socket into the store.
 */
final class ReadReply {
  /** Of what is no picture, such as a picture's address. */
  private static final int LONGEST_TEXT = 16 * 1024;

  /** Of what stands beside a picture and is not asked for, such as a preview. */
  private static final int LONGEST_SKIPPED = 4 * 1024 * 1024;

  /** Tokens of what surrounds a picture that are remembered, to tell what came instead of one. */
  private static final int MOST_REMEMBERED = 500;

  /** There are two fields for a picture, each of which may be empty. */
  private static final int MOST_TEXTS = 8;

  private final KeptWords kept;

  /** Pictures are no strings to it: they are decoded as they come, and never held. */
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_SKIPPED).build())
                  // whoever opened a body closes it; here it would be read to its end, however long
                  .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                  .build())
          .build();

  ReadReply(KeptWords kept) {
    this.kept = kept;
  }

  /** The reply holds no picture that can be read; the message says why. */
  static final class BadReply extends IOException {
    private final String told;

    BadReply(String reason) {
      this(reason, reason);
    }

    /**
     * @param told to clients
     */
    BadReply(String reason, String told) {
      super(reason);
      this.told = told;
    }

    String told() {
      return told;
    }
  }

  /** What was bought is lost on its way: carried out, and paid for; the message says where. */
  static final class CutReply extends IOException {
    CutReply(String where, IOException cause) {
      super(where, cause);
    }
  }

  /** What a reply holds. */
  sealed interface Contents {
    /** The picture has been written into the draft. */
    record Picture() implements Contents {}

    /** The picture is to be fetched. */
    record Address(String url) implements Contents {}

    /**
     * Neither.
     *
     * @param instead what it holds otherwise, as far as it is not too much
     */
    record NoPicture(JsonNode instead) implements Contents {}
  }

  /**
   * Decodes the first picture into the draft without holding a copy of it, and reads on to the end
   * of the document: one that breaks off was cut.
   */
  Contents read(InputStream body, OutputStream draft) throws IOException {
    var store = new ToStore(draft);
    try {
      return new Walk(new Bounded(body, store), store).toEnd();
    } catch (JacksonException e) {
      store.blameStoreIfItFailed();
      throw unreadable(e);
    } catch (IOException e) {
      store.blameStoreIfItFailed();
      throw e;
    }
  }

  private IOException unreadable(JacksonException e) {
    if (e instanceof JacksonIOException && e.getCause() instanceof IOException cause) {
      return cause instanceof BadReply
          ? cause
          : new CutReply("The answer broke off in the middle", cause);
    }
    return new BadReply(
        "The answer could not be read: " + kept.of(e.getOriginalMessage()),
        "The answer could not be read.");
  }

  /** Ends a reply that goes on and on, packed or not, without bringing a picture. */
  private static final class Bounded extends FilterInputStream {
    private static final long BESIDE_ITS_PICTURE = 4L << 20;

    /** However it is wrapped and escaped, no byte of a picture takes more bytes of the reply. */
    private static final int PER_BYTE = 16;

    private final ToStore store;
    private long read;

    Bounded(InputStream body, ToStore store) {
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
        throw new BadReply("The answer is larger than any picture explains.");
      }
      return count;
    }
  }

  /** One way through a reply. */
  private final class Walk {
    private final ToStore store;
    private final ByteArrayOutputStream remembered = new ByteArrayOutputStream();
    private final JsonGenerator memory = json.createGenerator(remembered);
    private int tokens;
    private int texts;
    private InputStream body;
    private JsonParser parser;
    private boolean found;
    private @Nullable String url;

    Walk(InputStream body, ToStore store) {
      this.body = body;
      this.store = store;
      this.parser = json.createParser(body);
    }

    Contents toEnd() throws IOException {
      try (var _ = memory) {
        while (parser.nextToken() != null) {
          if (parser.currentToken() == JsonToken.VALUE_STRING && isPicture()) {
            takePicture();
          } else if (!found && tokens++ < MOST_REMEMBERED) {
            remember();
          }
        }
      } finally {
        parser.close();
      }
      if (found) {
        return new Contents.Picture();
      }
      return url == null ? new Contents.NoPicture(instead()) : new Contents.Address(url);
    }

    private void remember() {
      if (parser.currentToken() == JsonToken.VALUE_STRING
          && parser.getStringLength() > LONGEST_TEXT) {
        memory.writeString(""); // too long to say anything
      } else {
        memory.copyCurrentEvent(parser);
      }
    }

    private boolean isPicture() {
      var name = parser.currentName();
      return "b64_json".equals(name) || ("url".equals(name) && isAt("/data/"));
    }

    private boolean isAt(String path) {
      return parser.streamReadContext().pathAsPointer().toString().startsWith(path);
    }

    private void takePicture() throws IOException {
      var field = parser.currentName();
      if (!found && isAt("/data/0/" + field)) {
        var content = content();
        take(field, new PictureText(content));
        goOn(field, content.rest());
      }
      if (!found && tokens++ < MOST_REMEMBERED) {
        memory.writeString("");
      }
    }

    private void take(String field, PictureText text) throws IOException {
      if (field.equals("url") && !text.isDataUrl()) {
        var address = text.asShortText(LONGEST_TEXT);
        url = address.isEmpty() ? url : address;
      } else {
        text.decodeInto(store);
        found = store.written() > 0;
      }
    }

    /** The parser has read the quote, and as much behind it as it liked; a string it would hold. */
    private JsonStringInput content() throws IOException {
      var readAhead = new ByteArrayOutputStream();
      if (texts++ == MOST_TEXTS) {
        throw new BadReply("The answer names its picture again and again.");
      }
      if (parser.releaseBuffered(readAhead) < 0) {
        throw new BadReply("The answer could not be read: it is not in UTF-8.");
      }
      return new JsonStringInput(
          new SequenceInputStream(new ByteArrayInputStream(readAhead.toByteArray()), body));
    }

    /** Another parser goes on, in the same place. */
    private void goOn(String field, InputStream rest) {
      var before = "{\"data\":[{\"" + field + "\":\"\"";
      body =
          new SequenceInputStream(
              new ByteArrayInputStream(before.getBytes(StandardCharsets.UTF_8)), rest);
      parser.close();
      parser = json.createParser(body);
      for (var token = parser.nextToken();
          token != JsonToken.VALUE_STRING;
          token = parser.nextToken()) {
        // back to where it was
      }
    }

    private JsonNode instead() {
      return tokens <= MOST_REMEMBERED && remembered.size() > 0
          ? json.readTree(remembered.toByteArray())
          : MissingNode.getInstance();
    }
  }
}
