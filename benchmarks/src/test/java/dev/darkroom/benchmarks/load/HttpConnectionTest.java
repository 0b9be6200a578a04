package dev.darkroom.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpConnectionTest {
  @Test
  void a_reply_of_known_length_and_a_chunked_one_are_read_to_their_ends() throws Exception {
    var replies =
        List.of(
            "HTTP/1.1 202 \r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n");
    try (var server = serverSaying(replies);
        var http = new HttpConnection(server.getLocalPort())) {
      var first = http.post("/a", "{}");
      assertThat(first.status()).isEqualTo(202);
      assertThat(first.text()).endsWith("hello");
      var second = http.get("/b");
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.text()).contains("abc");
      assertThat(http.get("/c").status()).isEqualTo(503);
    }
  }

  @Test
  void a_server_that_ends_the_connection_after_a_reply_is_connected_to_again() throws Exception {
    var once = "HTTP/1.1 200 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    try (var server = serverSaying(List.of(once, once));
        var http = new HttpConnection(server.getLocalPort())) {
      assertThat(http.get("/").status()).isEqualTo(200);
      assertThat(http.get("/").status()).isEqualTo(200);
    }
  }

  @Test
  void a_reply_that_breaks_off_is_a_failure() throws Exception {
    try (var server = serverSaying(List.of("HTTP/1.1 200 \r\nContent-Length: 10\r\n\r\nhalf"));
        var http = new HttpConnection(server.getLocalPort())) {
      assertThatThrownBy(() -> http.get("/")).isInstanceOf(IOException.class);
    }
  }

  /** One reply for each request; hangs up after the last, and where the reply says so. */
  private static ServerSocket serverSaying(List<String> replies) throws IOException {
    var server = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual()
        .start(() -> {
          try {
            var socket = server.accept();
            for (var reply : replies) {
              var _ = socket.getInputStream().read(new byte[4096]);
              socket.getOutputStream().write(reply.getBytes(US_ASCII));
              if (reply.contains("close")) {
                socket.close();
                socket = server.accept();
              }
            }
            socket.close();
          } catch (IOException e) {
            // the test has ended
          }
        });
    return server;
  }
}
