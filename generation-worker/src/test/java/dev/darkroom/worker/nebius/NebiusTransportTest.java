package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import dev.darkroom.worker.nebius.http.ApiKey;
import dev.darkroom.worker.nebius.http.NebiusHttpClients;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NebiusTransportTest {
  private static final byte[] BODY = "{\"prompt\":\"A fox\"}".getBytes(StandardCharsets.UTF_8);

  private final CloseableHttpClient http =
      NebiusHttpClients.client(Duration.ofSeconds(2), Duration.ofSeconds(10));

  @AfterEach
  void close() throws IOException {
    http.close();
  }

  @Test
  void what_is_sent_is_what_was_said_and_nothing_besides() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(200, "{}"))) {
      assertThat(post(server, aCall())).isEqualTo("200 {}");

      var port = server.baseUri().getPort();
      assertThat(server.requests().getFirst().lines())
          .containsExactlyInAnyOrder(
              "POST /v1/images/generations HTTP/1.1",
              "Accept: application/json",
              "Accept-Encoding: identity",
              "Authorization: Bearer the-key",
              "traceparent: 00-1-2-01",
              "Host: 127.0.0.1:" + port,
              "Connection: keep-alive",
              "Content-Length: " + BODY.length,
              "Content-Type: application/json",
              "User-Agent: darkroom",
              "",
              new String(BODY, StandardCharsets.UTF_8));
    }
  }

  @Test
  void a_connection_whose_answer_was_read_is_used_again() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(200, "{}"))) {
      for (int i = 0; i < 3; i++) {
        post(server, aCall());
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_connection_that_was_closed_while_it_rested_is_not_used() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(200, "{}"))) {
      post(server, aCall());
      server.closeConnections();
      var idleSince = System.nanoTime();
      // only an idle connection is checked
      Awaitility.await()
          .until(() -> System.nanoTime() - idleSince > Duration.ofMillis(150).toNanos());

      assertThat(post(server, aCall())).isEqualTo("200 {}");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"n\": 1}\n", // the same answer again
        "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "more than was announced"
      })
  void what_is_left_over_is_not_the_answer_to_the_next_call(String leftOver)
      throws IOException, InterruptedException {
    var written = new Semaphore(0);
    try (var server =
        TestingServer.start(
            client -> client.setTcpNoDelay(true),
            exchange -> {
              exchange.answer(200, "{}");
              exchange.out().write(leftOver.getBytes(StandardCharsets.UTF_8));
              written.release();
            })) {
      for (int call = 1; call <= 3; call++) {
        assertThat(post(server, aCall())).isEqualTo("200 {}");
        written.acquire();
        assertThat(server.connections()).isEqualTo(call);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 422 Bad",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
      })
  void a_head_that_breaks_off_is_no_answer(String head) throws IOException {
    try (var server =
        TestingServer.start(exchange -> {
          exchange.out().write(head.getBytes(StandardCharsets.UTF_8));
          exchange.socket().close();
        })) {
      var call = aCall();

      assertThatThrownBy(() -> post(server, call))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ended within the response's head");
      assertThat(call.mayHaveArrived()).isTrue();
    }
  }

  @Test
  void an_answer_that_nobody_reads_to_its_end_costs_its_connection_and_no_time()
      throws IOException, InterruptedException {
    var done = new CountDownLatch(1);
    try (var server =
        TestingServer.start(exchange -> {
          exchange
              .out()
              .write(TestingServer.Exchange.head(200, "image/webp", "Content-Length: 9999"));
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        })) {
      var call = aCall();
      var status =
          send(server).post("p", BODY, List.of(), call, NebiusTransport.NebiusResponse::status);

      assertThat(status).isEqualTo(200);
      assertThat(call.mayHaveArrived()).isTrue();
    } finally {
      done.countDown();
    }
  }

  @Test
  void a_redirect_is_an_answer_and_is_not_followed() throws IOException {
    try (var inside = TestingServer.start(exchange -> exchange.answer(200, "{}"));
        var server =
            TestingServer.start(exchange ->
                exchange
                    .out()
                    .write(
                        TestingServer.Exchange.head(
                            307,
                            "text/plain",
                            "Content-Length: 0\r\nLocation: " + inside.baseUri())))) {
      assertThat(post(server, aCall())).isEqualTo("307 ");
      assertThat(inside.connections()).isZero();
    }
  }

  @Test
  void an_answer_that_is_packed_though_nobody_asked_is_unpacked() throws IOException {
    try (var server =
        TestingServer.start(exchange -> {
          var packed = new ByteArrayOutputStream();
          try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(new byte[] {'a', 'b', 'c'});
          }
          exchange
              .out()
              .write(
                  TestingServer.Exchange.head(
                      200,
                      "text/plain",
                      "Content-Encoding: gzip\r\nContent-Length: " + packed.size()));
          packed.writeTo(exchange.out());
        })) {
      assertThat(post(server, aCall())).isEqualTo("200 abc");
    }
  }

  @Test
  void a_call_that_is_ended_while_it_waits_breaks_off_at_once() throws IOException {
    var asked = new CountDownLatch(1);
    var call = aCall();
    try (var server = TestingServer.start(_ -> asked.countDown())) {
      var _ =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  asked.await();
                  call.cancel(CancelReason.LEASE_LOST);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });

      assertThatThrownBy(() -> post(server, call)).isInstanceOf(IOException.class);
      assertThat(call.cancelled()).isEqualTo(CancelReason.LEASE_LOST);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void without_a_connection_nothing_can_have_arrived() throws IOException {
    var server = TestingServer.start(_ -> {});
    server.close();
    var call = aCall();

    assertThatThrownBy(() -> post(server, call)).isInstanceOf(IOException.class);
    assertThat(call.mayHaveArrived()).isFalse();
  }

  @Test
  void a_proxy_that_opens_no_way_speaks_for_itself() throws IOException {
    try (var proxy = TestingServer.start(exchange -> exchange.answer(407, "log in first"));
        var throughProxy =
            HttpClients.custom()
                .setProxy(HttpHost.create(proxy.baseUri()))
                .disableAutomaticRetries()
                .build()) {
      var send =
          new NebiusTransport(
              throughProxy, URI.create("https://nebius.test/v1/"), new ApiKey("key"));
      var call = aCall();

      assertThatThrownBy(
              () -> send.post("p", BODY, List.of(), call, NebiusTransport.NebiusResponse::status))
          .hasMessageContaining("the proxy answered 407");
      assertThat(call.mayHaveArrived()).isFalse();
    }
  }

  private static CancellableCall aCall() {
    return new CancellableCall(Duration.ofMinutes(1));
  }

  private NebiusTransport send(TestingServer server) {
    return new NebiusTransport(http, server.baseUri(), new ApiKey("the-key"));
  }

  private String post(TestingServer server, CancellableCall call) throws IOException {
    return send(server)
        .post(
            "images/generations",
            BODY,
            List.of(new BasicHeader("traceparent", "00-1-2-01")),
            call,
            answer ->
                answer.status()
                    + " "
                    + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
  }
}
