package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Listeners that don't read, and what a gateway does that stops. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestMethodOrder(OrderAnnotation.class)
class SlowListenerIT {
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.live.queue=16",
            "--darkroom.live.listeners=3",
            "--darkroom.live.heartbeat=200ms",
            "--server.tomcat.connection-timeout=10s");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  @Order(1)
  void a_client_that_does_not_read_is_dropped_and_others_hear_everything() throws IOException {
    try (var quick = TestingListener.to(gateway, "/api/events?userId=loud");
        var slow = new Socket()) {
      await().until(() -> quick.comments().size() >= 2);
      listenWithoutReading(slow);
      await().until(() -> listening() == 2);
      var written = 0;
      while (dropped() == 0 && written < 2_000) {
        write(8);
        written += 8;
        quick.awaitEvents(written);
      }

      assertThat(dropped()).isEqualTo(1);
      await().atMost(Duration.ofSeconds(20)).until(() -> listening() == 1);
      write(8);
      assertThat(quick.awaitEvents(written + 8)).hasSize(written + 8);
    }
    await().until(() -> listening() == 0);
  }

  @Test
  @Order(2)
  void beyond_the_limit_clients_are_told_to_come_back() {
    try (var _ = TestingListener.to(gateway, "/api/events?userId=a");
        var _ = TestingListener.to(gateway, "/api/events?userId=b");
        var _ = TestingListener.to(gateway, "/api/events?userId=c")) {
      var reply = gateway.get("/api/events?userId=d");
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("Retry-After")).isEqualTo("5");
      BadInputIT.assertIsProblem(reply);
    }
    await().until(() -> listening() == 0);
  }

  @Test
  @Order(3)
  void a_quiet_stream_shows_that_it_is_alive() {
    try (var listener = TestingListener.to(gateway, "/api/events?userId=quiet")) {
      await().until(() -> listener.comments().stream().filter(": still here"::equals).count() >= 3);
      assertThat(listener.events()).isEmpty();
    }
  }

  @Test
  @Order(4)
  void a_stop_ends_streams_at_once_whether_or_not_their_clients_read() throws IOException {
    try (var listener = TestingListener.to(gateway, "/api/events?userId=loud");
        var stuck = new Socket()) {
      listenWithoutReading(stuck);
      await().until(() -> listening() >= 2);
      write(14); // 14 large steps fill the connection, and the queue has room for them
      listener.awaitEvents(14);
      var began = System.nanoTime();
      gateway.close();

      listener.awaitEnd();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    }
  }

  /** With room for very little on the way. */
  private static void listenWithoutReading(Socket socket) throws IOException {
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("localhost", gateway.port()));
    socket
        .getOutputStream()
        .write(
            "GET /api/events?userId=loud HTTP/1.1\r\nHost: a\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static double listening() {
    return gateway.bean(MeterRegistry.class).get("darkroom.live.listeners").gauge().value();
  }

  private static double dropped() {
    return gateway.bean(MeterRegistry.class).counter("darkroom.live.dropped").count();
  }

  /** Steps of half a million characters. */
  private static void write(int steps) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into generation_logs (request_id, user_id, prompt, status, step)
            select gen_random_uuid(), 'loud', repeat('x', 500000), 'processing', 'by hand'
            from generate_series(1, :steps)
            """)
        .param("steps", steps)
        .update();
  }
}
