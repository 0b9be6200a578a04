package dev.darkroom.worker.nebius.http;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses a body as its {@code Content-Encoding} says (<a
 * href="https://www.rfc-editor.org/rfc/rfc9110#section-8.4">RFC 9110</a>). We ask for none; some
 * proxies compress all the same.
 */
public final class ContentCodings {
  public static final Header NONE = new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity");

  /** More are a decompression bomb. */
  private static final int MOST = 4;

  private ContentCodings() {}

  /**
   * Decompresses while it is read: what is wrong shows then, as a {@link MalformedResponse} or, if
   * the connection broke, as its own exception. To be closed, which frees the memory of its
   * decompressors, but leaves the body open: closing that would read the connection to its end.
   */
  public static InputStream decompress(InputStream body, MessageHeaders headers) {
    var codings =
        Stream.of(headers.getHeaders(HttpHeaders.CONTENT_ENCODING))
            .map(NameValuePair::getValue)
            .flatMap(value -> Stream.of((value == null ? "" : value).split(",")))
            .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
            .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
            .toList();
    return codings.isEmpty()
        ? new LeftOpen(body)
        : new DecompressedBody(new LeftOpen(body), codings);
  }

  private static final class LeftOpen extends FilterInputStream {
    LeftOpen(InputStream body) {
      super(body);
    }

    @Override
    public void close() {
      // whoever opened the connection ends it
    }
  }

  /** A stream that is given its inflater does not end it by itself. */
  private static final class Inflating extends InflaterInputStream {
    Inflating(InputStream compressed, boolean raw) {
      super(compressed, new Inflater(raw));
    }

    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }

  private static final class DecompressedBody extends InputStream {
    private final InputStream compressed;
    private final List<String> codings;
    private @Nullable InputStream decoder;

    DecompressedBody(InputStream compressed, List<String> codings) {
      this.compressed = compressed;
      this.codings = codings;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        var in = decoder;
        if (in == null) {
          in = open();
          decoder = in;
        }
        return in.read(buffer, offset, length);
      } catch (ZipException | EOFException e) { // a connection that breaks throws others
        throw new MalformedResponse("The answer is not complete " + codings.getLast() + " data.");
      }
    }

    /** The coding that was applied last is named last, and undone first. */
    private InputStream open() throws IOException {
      if (codings.size() > MOST) {
        throw new MalformedResponse("The answer has %d content codings.".formatted(codings.size()));
      }
      var in = compressed;
      try {
        for (var coding : codings.reversed()) {
          in = open(coding, in);
        }
        return in;
      } catch (IOException e) {
        in.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      var in = decoder;
      if (in != null) {
        in.close();
      }
    }

    private static InputStream open(String coding, InputStream compressed) throws IOException {
      var in = new PushbackInputStream(compressed, 2);
      var head = in.readNBytes(2);
      in.unread(head);
      if (head.length == 0) {
        return in; // empty, however compressed
      }
      return switch (coding) {
        case "gzip", "x-gzip" -> new GZIPInputStream(in);
        case "deflate", "x-deflate" -> new Inflating(in, isRaw(head));
        default ->
            throw new MalformedResponse(
                "The answer has an unsupported Content-Encoding: "
                    + coding
                        .replaceAll("[^a-z0-9-]", "?")
                        .substring(0, Math.min(20, coding.length())));
      };
    }

    /** Without the header of RFC 1950, as some send it. */
    private static boolean isRaw(byte[] head) {
      return head.length < 2
          || (head[0] & 0x0f) != Deflater.DEFLATED
          || ((head[0] & 0xff) * 256 + (head[1] & 0xff)) % 31 != 0;
    }
  }
}
