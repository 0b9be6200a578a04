package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
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
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a body as its {@code Content-Encoding} says (<a
 * href="https://www.rfc-editor.org/rfc/rfc9110#section-8.4">RFC 9110</a>). We ask for none; some
 * proxies pack all the same.
 */
final class ContentCodings {
  static final Header NONE = new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity");

  /** What nobody packs so often is a trick. */
  private static final int MOST = 4;

  private ContentCodings() {}

  /** Lazily: whoever reads meets what is wrong, as a {@link BadReply} or as a broken connection. */
  static InputStream unpacked(InputStream body, MessageHeaders headers) {
    var codings =
        Stream.of(headers.getHeaders(HttpHeaders.CONTENT_ENCODING))
            .map(NameValuePair::getValue)
            .flatMap(value -> Stream.of(value == null ? "" : value).flatMap(ContentCodings::split))
            .filter(coding -> !coding.isEmpty() && !coding.equals("identity"))
            .toList();
    return codings.isEmpty() ? body : new Unpacked(new Packed(body), codings);
  }

  /** Frees what unpacking took; the connection is its owner's. */
  static void release(InputStream body) throws IOException {
    if (body instanceof Unpacked unpacked) {
      unpacked.close();
    }
  }

  private static Stream<String> split(String value) {
    return Stream.of(value.split(",")).map(coding -> coding.strip().toLowerCase(Locale.ROOT));
  }

  /** Remembers that it was the connection that broke, and leaves closing it to others. */
  private static final class Packed extends FilterInputStream {
    private @Nullable IOException broken;

    Packed(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException e) {
        broken = e;
        throw e;
      }
    }

    @Override
    public void close() {}
  }

  private static final class Unpacked extends InputStream {
    private final Packed packed;
    private final List<String> codings;
    private @Nullable InputStream unpacked;

    Unpacked(Packed packed, List<String> codings) {
      this.packed = packed;
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
        var in = unpacked;
        if (in == null) {
          in = open();
          unpacked = in;
        }
        return in.read(buffer, offset, length);
      } catch (BadReply e) {
        throw e;
      } catch (IOException e) {
        throw packed.broken == null
            ? new BadReply("The answer could not be unpacked: it is no whole " + codings.getLast())
            : packed.broken;
      }
    }

    /** The coding that was applied last is named last, and undone first. */
    private InputStream open() throws IOException {
      if (codings.size() > MOST) {
        throw new BadReply("The answer is packed %d times.".formatted(codings.size()));
      }
      InputStream in = new PushbackInputStream(packed, 2);
      for (var coding : codings.reversed()) {
        in = open(coding, in);
      }
      return in;
    }

    private static InputStream open(String coding, InputStream packed) throws IOException {
      var begun = new PushbackInputStream(packed, 2);
      var first = begun.read();
      if (first < 0) {
        return begun; // nothing is nothing, however packed
      }
      begun.unread(first);
      return switch (coding) {
        case "gzip", "x-gzip" -> new GZIPInputStream(begun);
        case "deflate", "x-deflate" -> inflated(begun);
        default ->
            throw new BadReply(
                "The answer is packed in a way that nobody asked for: "
                    + coding
                        .replaceAll("[^a-z0-9-]", "?")
                        .substring(0, Math.min(20, coding.length())));
      };
    }

    /** With the header of RFC 1950, as it should be, or without, as some send it. */
    private static InputStream inflated(PushbackInputStream packed) throws IOException {
      var head = packed.readNBytes(2);
      packed.unread(head);
      var hasHeader =
          head.length == 2
              && (head[0] & 0x0f) == Deflater.DEFLATED
              && ((head[0] & 0xff) * 256 + (head[1] & 0xff)) % 31 == 0;
      var inflater = new Inflater(!hasHeader);
      return new InflaterInputStream(packed, inflater) {
        @Override
        public void close() throws IOException {
          inflater.end();
          super.close();
        }
      };
    }

    @Override
    public void close() throws IOException {
      if (unpacked != null) {
        unpacked.close();
      }
    }
  }
}
