package dev.darkroom.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that nobody reads, of a gateway with few threads that is patient with each byte. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SlowBodiesIT {
  private static final String NOWHERE = "POST /nowhere HTTP/1.1\r\nHost: a\r\n";
  private static final String GENERATE =
      "POST /api/generate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  private static final int THREADS = 4;

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--server.tomcat.threads.max=" + THREADS,
            "--server.tomcat.threads.min-spare=" + THREADS,
            "--server.tomcat.connection-timeout=5m");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Each once held its thread for as long as its client sent a byte now and then. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        NOWHERE + "Content-Length: 1000\r\n\r\na",
        NOWHERE + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        NOWHERE + "Transfer-Encoding: chunked\r\n\r\n5;a-chunk-exten",
        GENERATE + "Content-Length: 1000000\r\n\r\n{",
        GENERATE + "Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\na",
        "GET /api/models HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\na",
        "GET /api/models HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
        "GET /generated/00000000-0000-7000-8000-000000000000.png HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\na"
      })
  void the_rest_of_a_body_that_nobody_reads_holds_no_thread(String request) throws IOException {
    var sockets = new ArrayList<Socket>();
    try {
      for (var i = 0; i < THREADS; i++) {
        var socket = connect();
        sockets.add(socket);
        send(socket, request);
        assertThat(new String(socket.getInputStream().readNBytes(8), US_ASCII))
            .isEqualTo("HTTP/1.1");
      }

      assertThat(gateway.get("/api/models").status()).isEqualTo(200);
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOWHERE + "Content-Length: 1000\r\n\r\n",
        NOWHERE + "Transfer-Encoding: chunked\r\n\r\n5;"
      })
  void a_client_that_goes_on_sending_a_byte_now_and_then_is_cut_off(String request)
      throws IOException {
    try (var socket = connect()) {
      send(socket, request);
      socket.setSoTimeout(100);
      await().atMost(Duration.ofSeconds(30)).until(() -> isCutOff(socket));
    }
  }

  private static boolean isCutOff(Socket socket) {
    try {
      send(socket, "a");
      return socket.getInputStream().read(new byte[8_192]) < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOWHERE + "Content-Length: 10000000\r\n\r\n%s",
        NOWHERE + "Transfer-Encoding: chunked\r\n\r\n989680\r\n%s\r\n0\r\n\r\n"
      })
  void after_a_body_that_arrives_nobody_loses_the_connection(String request) throws IOException {
    try (var socket = connect()) {
      send(socket, request.formatted("a".repeat(10_000_000)));
      send(socket, "GET /api/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 404")
          .contains("HTTP/1.1 200");
    }
  }

  @Test
  void a_large_body_is_told_to_be_too_large() throws IOException {
    try (var socket = connect()) {
      send(socket, GENERATE + "Content-Length: 10000000\r\n\r\n" + "a".repeat(10_000_000));

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 413");
    }
  }

  private static Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }
}
