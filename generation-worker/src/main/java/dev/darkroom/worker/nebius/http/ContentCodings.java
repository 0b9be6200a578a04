package dev.darkroom.worker.nebius.http;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hc.client5.http.entity.compress.ContentCodecRegistry;
import org.apache.hc.client5.http.entity.compress.ContentCoding;
import org.apache.hc.client5.http.entity.compress.DecompressingEntity;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.MessageSupport;

/**
 * Decompresses a body as its {@code Content-Encoding} says (<a
 * href="https://www.rfc-editor.org/rfc/rfc9110#section-8.4">RFC 9110</a>). We ask for none; some
 * proxies compress all the same. The HTTP client's own decompression would turn an unknown coding
 * into an invalid response, and hide the status of an error.
 */
public final class ContentCodings {
  public static final Header NONE = new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity");

  /** More are a decompression bomb. */
  private static final int MOST = 4;

  private ContentCodings() {}

  /**
   * Decompresses while it is read: what is wrong shows then. Not to be closed, which would read the
   * connection to its end.
   */
  public static InputStream decompress(ClassicHttpResponse response) throws IOException {
    var entity = response.getEntity();
    if (entity == null) {
      return InputStream.nullInputStream();
    }
    var codings = codings(response);
    if (codings.size() > MOST) {
      return unreadable(entity, "The answer has %d content codings.".formatted(codings.size()));
    }
    // The coding that was applied last is named last, and undone first.
    for (var coding : codings.reversed()) {
      switch (coding) {
        case "gzip", "x-gzip" -> entity = ContentCodecRegistry.unwrap(ContentCoding.GZIP, entity);
        case "deflate", "x-deflate" ->
            entity = ContentCodecRegistry.unwrap(ContentCoding.DEFLATE, entity);
        default -> {
          var printable = coding.replaceAll("[^a-z0-9-]", "?");
          return unreadable(
              entity, "The answer has an unsupported Content-Encoding: %.20s".formatted(printable));
        }
      }
    }
    return entity.getContent();
  }

  private static List<String> codings(ClassicHttpResponse response) {
    var codings = new ArrayList<String>();
    MessageSupport.parseTokens(
        response,
        HttpHeaders.CONTENT_ENCODING,
        coding -> codings.add(coding.toLowerCase(Locale.ROOT)));
    codings.removeIf(coding -> coding.isEmpty() || coding.equals("identity"));
    return codings;
  }

  /** Says so when it is read: of an error response the status is enough. */
  private static InputStream unreadable(HttpEntity entity, String why) throws IOException {
    return new DecompressingEntity(
            entity,
            _ -> {
              throw new MalformedResponse(why);
            })
        .getContent();
  }
}
