package dev.darkroom.worker.nebius.response;

import dev.darkroom.worker.nebius.http.ApiKey;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.TruncatedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses {@code {"data":[{"b64_json":"…","url":"…"}],"id":"…"}} straight from the socket into the
 * store.
 */
public final class ImageResponseParser {
  private static final int LONGEST_URL = 16 * 1024;

  /** Of what nobody asked for, such as a preview. */
  private static final int LONGEST_SKIPPED = 4 * 1024 * 1024;

  private static final int MOST_TOKENS = 10_000;

  private final ApiKey key;

  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(LONGEST_SKIPPED)
                          .maxTokenCount(MOST_TOKENS)
                          .build())
                  .build())
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
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
     * @param body the whole response
     */
    record NoImage(JsonNode body) implements ImageContent {}
  }

  /**
   * Decodes the first picture into the draft, and reads on to the end of the document: one that
   * breaks off was cut.
   */
  public ImageContent parse(InputStream body, OutputStream draft) throws IOException {
    var store = new StoreOutputStream(draft);
    var document = new ByteInput(new PictureFilter(body, store)::read);
    try {
      var rest = json.readTree(document);
      return store.written() > 0 ? new ImageContent.InlineImage() : withoutInlineImage(rest);
    } catch (StreamConstraintsException e) {
      if (store.written() == 0) {
        throw unreadable(e);
      }
      // nobody asked for what stands beside it
      document.transferTo(OutputStream.nullOutputStream());
      return new ImageContent.InlineImage();
    } catch (JacksonException e) {
      store.throwStoreFailure();
      throw unreadable(e);
    }
  }

  private static ImageContent withoutInlineImage(JsonNode body) throws MalformedResponse {
    var url = body.path("data").path(0).path("url").stringValue("").strip();
    if (url.length() > LONGEST_URL) {
      throw new MalformedResponse("The answer's picture URL is too long.");
    }
    return url.isEmpty() ? new ImageContent.NoImage(body) : new ImageContent.LinkedImage(url);
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
}
