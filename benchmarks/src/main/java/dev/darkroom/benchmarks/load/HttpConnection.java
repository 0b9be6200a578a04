package dev.darkroom.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection that is kept open for as long as the server likes, and then opened again.
 * It understands just enough of replies to know where they end: they are told their length, or are
 * chunked.
 */
public final class HttpConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int LARGEST_REPLY = 1 << 20;

  /** Alone on its line, which nothing is that we read. */
  private static final Pattern CHUNK_SIZE = Pattern.compile("\r\n[0-9a-f]+\r\n");

  private static final int STATUS = "HTTP/1.1 ".length();

  private final int port;
  private final String always;
  private Socket socket;
  private InputStream input;
  private OutputStream output;
  private byte[] buffer = new byte[16 * 1024];
  private int filled;

  public HttpConnection(int port) throws IOException {
    this(port, null);
  }

  /**
   * @param key with which each request is sent; null for none
   */
  public HttpConnection(int port, @Nullable String key) throws IOException {
    this.port = port;
    this.always =
        "Host: 127.0.0.1:%d\r\n".formatted(port)
            + (key == null ? "" : "Authorization: Bearer %s\r\n".formatted(key));
    this.socket = connect(port);
    this.input = socket.getInputStream();
    this.output = socket.getOutputStream();
  }

  private static Socket connect(int port) throws IOException {
    var socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
    return socket;
  }

  /**
   * A reply.
   *
   * @param text head and body
   */
  public record BenchmarkReply(int status, String text) {
    /** The text of this field, wherever it stands first. */
    public String field(String name) throws IOException {
      var begin = text.indexOf("\"" + name + "\":\"");
      if (begin < 0) {
        throw new IOException("there is no " + name + " in the reply: " + text);
      }
      begin += name.length() + 4;
      return text.substring(begin, text.indexOf('"', begin));
    }
  }

  public BenchmarkReply post(String path, String body) throws IOException {
    var bytes = body.getBytes(UTF_8);
    var head =
        "POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, always, bytes.length);
    return exchange(head + body);
  }

  public BenchmarkReply get(String path) throws IOException {
    return exchange("GET %s HTTP/1.1\r\n%s\r\n".formatted(path, always));
  }

  public BenchmarkReply delete(String path) throws IOException {
    return exchange("DELETE %s HTTP/1.1\r\n%s\r\n".formatted(path, always));
  }

  private BenchmarkReply exchange(String request) throws IOException {
    output.write(request.getBytes(UTF_8));
    filled = 0;
    int bodyStart = readUntilHeadEnds();
    var head = new String(buffer, 0, bodyStart, UTF_8);
    int length = contentLength(head);
    if (length >= 0) {
      while (filled < bodyStart + length) {
        readMore();
      }
    } else {
      while (!endsWith("0\r\n\r\n")) {
        readMore();
      }
    }
    var text = new String(buffer, 0, filled, UTF_8);
    var reply = length >= 0 ? text : CHUNK_SIZE.matcher(text).replaceAll("");
    if (indexOfIgnoringCase(head, "\r\nconnection: close\r\n") >= 0) {
      reconnect();
    }
    return new BenchmarkReply(Integer.parseInt(head.substring(STATUS, STATUS + 3)), reply);
  }

  /** Tomcat ends a connection after a hundred requests. */
  private void reconnect() throws IOException {
    socket.close();
    socket = connect(port);
    input = socket.getInputStream();
    output = socket.getOutputStream();
  }

  private int readUntilHeadEnds() throws IOException {
    int looked = 0;
    while (true) {
      for (int at = Math.max(0, looked - 3); at + 3 < filled; at++) {
        if (buffer[at] == '\r'
            && buffer[at + 1] == '\n'
            && buffer[at + 2] == '\r'
            && buffer[at + 3] == '\n') {
          return at + 4;
        }
      }
      looked = filled;
      readMore();
    }
  }

  private static int contentLength(String head) {
    int at = indexOfIgnoringCase(head, "\r\ncontent-length:");
    if (at < 0) {
      return -1;
    }
    int end = head.indexOf("\r\n", at + 2);
    return Integer.parseInt(head.substring(head.indexOf(':', at) + 1, end).strip());
  }

  private static int indexOfIgnoringCase(String head, String name) {
    for (int at = 0; at + name.length() <= head.length(); at++) {
      if (head.regionMatches(true, at, name, 0, name.length())) {
        return at;
      }
    }
    return -1;
  }

  private boolean endsWith(String text) {
    if (filled < text.length()) {
      return false;
    }
    for (int at = 0; at < text.length(); at++) {
      if (buffer[filled - text.length() + at] != text.charAt(at)) {
        return false;
      }
    }
    return true;
  }

  private void readMore() throws IOException {
    if (filled == buffer.length) {
      if (filled >= LARGEST_REPLY) {
        throw new IOException("the reply is too large");
      }
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = input.read(buffer, filled, buffer.length - filled);
    if (read < 0) {
      throw new IOException("the server closed the connection in the middle of a reply");
    }
    filled += read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
