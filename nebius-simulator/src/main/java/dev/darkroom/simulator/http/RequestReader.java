package dev.darkroom.simulator.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the requests of one connection, bodies with a length and chunked ones (RFC 9112). */
final class RequestReader {
  static final int LONGEST_BODY = 1 << 20;
  private static final int LONGEST_LINE = 16_384;
  private static final int MOST_HEADERS = 200;

  private final InputStream in;
  private final OutputStream out;

  RequestReader(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /** The next request, or null once the client has closed the connection between two requests. */
  @Nullable SimulatorRequest next() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return null;
    }
    in.reset();
    String[] requestLine = line().split(" ", -1);
    if (requestLine.length != 3 || !requestLine[2].startsWith("HTTP/1.")) {
      throw new MalformedRequest(400, "The request line is not HTTP/1.1.");
    }
    var headers = headers();
    if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    return new SimulatorRequest(
        requestLine[0], requestLine[1].replaceFirst("\\?.*", ""), headers, body(headers));
  }

  private Map<String, String> headers() throws IOException {
    var headers = new HashMap<String, String>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || headers.size() == MOST_HEADERS) {
        throw new MalformedRequest(400, "The headers cannot be read.");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      return chunks();
    }
    return exactly(size(headers.getOrDefault("content-length", "0"), 10));
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    int size = chunkSize();
    while (size > 0) {
      if (body.size() + size > LONGEST_BODY) {
        throw new MalformedRequest(413, "The body is too long.");
      }
      body.write(exactly(size));
      line();
      size = chunkSize();
    }
    headers(); // trailers
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return size(line().replaceFirst(";.*", "").strip(), 16);
  }

  private static int size(String digits, int radix) throws MalformedRequest {
    try {
      long size = Long.parseLong(digits, radix);
      if (size < 0 || size > LONGEST_BODY) {
        throw new MalformedRequest(413, "The body is too long.");
      }
      return (int) size;
    } catch (NumberFormatException e) {
      throw new MalformedRequest(400, "The body's length cannot be read.");
    }
  }

  private byte[] exactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the client closed the connection in the middle of a body");
    }
    return bytes;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the client closed the connection in the middle of a line");
      }
      if (line.size() == LONGEST_LINE) {
        throw new MalformedRequest(431, "A header is too long.");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
