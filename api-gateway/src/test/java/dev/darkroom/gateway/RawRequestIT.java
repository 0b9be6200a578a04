package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RawRequestIT {
  private static final String REST = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";

  private static final String REPLY_ID = "(?i)\nx-request-id: [0-9a-f-]{36}\r\n";

  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET /{x}|y" + REST + "\r\n",
        "GET /%zz" + REST + "\r\n",
        "GET /generated/../../etc/passwd" + REST + "\r\n",
        "GET /generated/%2e%2e%2fetc%2fpasswd" + REST + "\r\n",
        "GET /api/logs?userId=%zz" + REST + "\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "POST /api/generate" + REST + "Content-Length: abc\r\n\r\n",
        "POST /api/generate"
            + REST
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"
      })
  void what_can_t_be_read_as_http_is_a_problem_and_no_page(String request) throws IOException {
    var reply = send(request);
    assertThat(reply).startsWith("HTTP/1.1 400");
    assertThat(reply).containsIgnoringCase("content-type: application/problem+json");
    assertThat(reply).contains("\"success\":false").contains("\"error\":");
    assertThat(reply).contains("\"code\":\"invalid_request\"").containsPattern(REPLY_ID);
    assertThat(reply).doesNotContainIgnoringCase("tomcat").doesNotContain("<html");
  }

  @ParameterizedTest
  @ValueSource(ints = {20_000, 100_000})
  void headers_that_are_too_large_are_a_problem(int size) throws IOException {
    var reply = send("GET /" + REST + "X: " + "a".repeat(size) + "\r\n\r\n");
    assertThat(reply).startsWith("HTTP/1.1 4").contains("application/problem+json");
  }

  private String send(String request) throws IOException {
    try (var socket = new Socket("localhost", gateway.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
