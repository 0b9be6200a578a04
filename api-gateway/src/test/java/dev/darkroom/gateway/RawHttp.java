package dev.darkroom.gateway;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Requests as no client library lets them be sent. */
public final class RawHttp {
  private RawHttp() {}

  /**
   * Sends a request, and waits until the connection ends.
   *
   * @param head the request line and all headers but Connection
   */
  public static RawReply send(int port, String... head) throws IOException {
    try (var socket = new Socket("localhost", port)) {
      socket.setSoTimeout(10_000);
      var request = String.join("\r\n", head) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new RawReply(
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  public record RawReply(String text) {
    public int status() {
      return Integer.parseInt(text.substring(9, 12));
    }

    public List<String> headers(String name) {
      return Pattern.compile("(?im)^" + name + ": (.*)$")
          .matcher(text)
          .results()
          .map(header -> header.group(1))
          .toList();
    }
  }
}
