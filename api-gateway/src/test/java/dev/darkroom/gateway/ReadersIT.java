package dev.darkroom.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** One reader's trouble stays its own. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadersIT {
  private static final TestDatabase DATABASE = TestServers.freshDatabase();
  private static final RunningGateway GATEWAY =
      RunningGateway.start(
          DATABASE,
          TestServers.kafka(),
          "--darkroom.live.per-client=2",
          "--darkroom.live.heartbeat=200ms",
          "--darkroom.progress.per-client=2",
          "--darkroom.readers.patience=500ms",
          "--darkroom.ledger.readers.patience=5s");
  private static final JdbcClient SERVER = JdbcClient.create(owner());

  @AfterAll
  static void stop() {
    GATEWAY.close();
  }

  @Test
  void while_readers_keep_the_ledger_busy_jobs_are_accepted_shown_and_readiness_holds()
      throws Exception {
    writeRecent(200_000);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers =
          IntStream.range(0, 40)
              .mapToObj(n -> threads.submit(() -> GATEWAY.get(statsOf(Duration.ofMinutes(20 + n)))))
              .toList();
      await().until(() -> active("%percentile_disc%") > 0);

      for (var i = 0; i < 20; i++) {
        var id = GATEWAY.submit("in spite of them");
        assertThat(GATEWAY.get("/api/generate/" + id).status()).isEqualTo(200);
      }
      assertThat(readiness()).isEqualTo(200);
      var refused = all(readers).stream().filter(reply -> reply.status() != 200).toList();
      assertThat(refused).isNotEmpty();
      for (var reply : refused) {
        assertThat(reply.status()).isIn(429, 503);
        assertThat(reply.header("Retry-After")).isNotEmpty();
        assertThat(reply.text("/code")).isIn("query_too_slow", "too_many_readers");
        assertThat(reply.text("/error")).doesNotContain("ledger");
        BadInputIT.assertIsProblem(reply);
      }
    }
  }

  @Test
  void a_page_of_large_rows_is_short_and_leads_on() {
    writeLarge("large", 300);
    var path = "/api/logs?limit=500&userId=large";
    var first = GATEWAY.get(path);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.response().body().length).isBetween(500_000, 1_200_000);
    assertThat(first.json().get("count").intValue()).isEqualTo(300);
    assertThat(first.json().get("limit").intValue()).isEqualTo(500);

    var byCursor = new ArrayList<String>();
    var byOffset = new ArrayList<String>();
    for (var page = first; page != null; ) {
      page.json().get("logs").forEach(row -> byCursor.add(row.get("id").asString()));
      var next = page.text("/nextCursor");
      page = next.isEmpty() ? null : GATEWAY.get(path + "&cursor=" + next);
    }
    while (byOffset.size() < 300) {
      var page = GATEWAY.get(path + "&offset=" + byOffset.size()).json();
      assertThat(page.get("offset").intValue()).isEqualTo(byOffset.size());
      page.get("logs").forEach(row -> byOffset.add(row.get("id").asString()));
    }
    assertThat(byCursor).hasSize(300).doesNotHaveDuplicates().isEqualTo(byOffset);
    assertThat(GATEWAY.get("/api/logs/export?format=ndjson&userId=large").body().lines())
        .hasSize(300);
  }

  @Test
  void an_export_whose_client_has_hung_up_ends_although_it_had_nothing_to_write_yet()
      throws IOException {
    writeSmall(200_000);
    try (var client = new Socket(InetAddress.getLoopbackAddress(), GATEWAY.port())) {
      client
          .getOutputStream()
          .write(
              "GET /api/logs/export?format=csv&q=zz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
      await().until(() -> searches() > 0);
    }

    await().atMost(Duration.ofSeconds(3)).until(() -> searches() == 0);
    await().during(Duration.ofMillis(500)).until(() -> searches() == 0);
  }

  @Test
  void a_client_has_so_many_streams_and_no_more() throws IOException {
    var id = GATEWAY.submit("to be followed");
    var path = "/api/generate/" + id + "/events";
    try (var first = stream(path)) {
      try (var second = stream(path)) {
        assertThat(first.isConnected() && second.isConnected()).isTrue();
        var refused = GATEWAY.get(path);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        assertThat(refused.text("/code")).isEqualTo("too_many_streams");
        BadInputIT.assertIsProblem(refused);
        assertThat(GATEWAY.get(path, "X-Forwarded-For", "203.0.113.7").status()).isEqualTo(429);
      }
      await() // the gateway notices it when it writes
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              GATEWAY.bean(MeterRegistry.class).get("darkroom.live.listeners").gauge().value() < 2);
      try (var third = stream(path)) {
        assertThat(third.isConnected()).isTrue();
      }
    }
  }

  @Test
  void a_client_has_so_many_requests_that_wait_and_no_more() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          IntStream.range(0, 2)
              .mapToObj(_ ->
                  threads.submit(() -> GATEWAY.post("{\"prompt\":\"waits\"}", "Prefer", "wait=3")))
              .toList();
      await()
          .until(() ->
              GATEWAY.bean(MeterRegistry.class).get("darkroom.progress.waiting").gauge().value()
                  == 2);
      var refused = GATEWAY.post("{\"prompt\":\"one too many\"}", "Prefer", "wait=3");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isNotEmpty();
      assertThat(refused.text("/code")).isEqualTo("too_many_waits");
      BadInputIT.assertIsProblem(refused);
      assertThat(GATEWAY.post("{\"prompt\":\"does not wait\"}").status()).isEqualTo(202);
      assertThat(all(waiting)).extracting(Reply::status).containsOnly(202);
    }
    assertThat(
            SERVER
                .sql(
                    "select count(*) from public.generation_jobs where request ->> 'prompt' = 'one too many'")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void behind_a_proxy_whose_headers_are_trusted_clients_are_told_apart() throws IOException {
    try (var behind =
        RunningGateway.start(
            DATABASE,
            TestServers.kafka(),
            "--darkroom.web.trusted-proxies=127.0.0.0/8,::1",
            "--darkroom.live.per-client=1")) {
      var path = "/api/events?userId=proxied";
      try (var first = stream(behind, path, "X-Forwarded-For: 203.0.113.7\r\n");
          var second = stream(behind, path, "X-Forwarded-For: 203.0.113.8\r\n")) {
        assertThat(first.isConnected() && second.isConnected()).isTrue();
        assertThat(behind.get(path, "X-Forwarded-For", "203.0.113.7").status()).isEqualTo(429);
      }
    }
  }

  private static Socket stream(String path) throws IOException {
    return stream(GATEWAY, path, "");
  }

  private static Socket stream(RunningGateway gateway, String path, String headers)
      throws IOException {
    var client = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    client
        .getOutputStream()
        .write("GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n".formatted(path, headers).getBytes(UTF_8));
    assertThat(new String(client.getInputStream().readNBytes(12), UTF_8)).isEqualTo("HTTP/1.1 200");
    return client;
  }

  private static List<Reply> all(List<Future<Reply>> replies) throws Exception {
    var all = new ArrayList<Reply>();
    for (var reply : replies) {
      all.add(reply.get());
    }
    return all;
  }

  /** Of a range that nobody else asks for, or the count would be shared. */
  private static String statsOf(Duration last) {
    return "/api/stats?since=" + Instant.now().minus(last).truncatedTo(ChronoUnit.SECONDS);
  }

  private static int readiness() {
    return GATEWAY.send(GATEWAY.managementRequest("/actuator/health/readiness")).status();
  }

  private static DataSource owner() {
    return new DriverManagerDataSource(
        DATABASE.jdbcUrl(), DATABASE.username(), DATABASE.password());
  }

  private static long searches() {
    return active("%ilike%");
  }

  private static long active(String query) {
    return SERVER
        .sql(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
              and query like :query and (state = 'active' or query_start > now() - interval '100 ms')
            """)
        .param("query", query)
        .query(Long.class)
        .single();
  }

  private static void writeRecent(int rows) {
    SERVER
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            select gen_random_uuid(), 'recent', 'a lighthouse', 'completed', 'image_generated',
              jsonb_build_object('jobMillis', n % 60000), now() - n * interval '10 ms'
            from generate_series(1, :rows) as n
            """)
        .param("rows", rows)
        .update();
  }

  private static void writeSmall(int rows) {
    SERVER
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select gen_random_uuid(), 'small', repeat('a lighthouse ', 20), 'completed', 'a step',
              timestamptz '2026-01-01' + n * interval '1 ms'
            from generate_series(1, :rows) as n
            """)
        .param("rows", rows)
        .update();
  }

  private static void writeLarge(String user, int rows) {
    SERVER
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            select gen_random_uuid(), :user, repeat(:smile, 2000), 'processing', 'calling_nebius_api',
              jsonb_build_object('parameters', jsonb_build_object(
                'prompt', repeat(:smile, 2000), 'negative_prompt', repeat(:smile, 2000))),
              timestamptz '2026-02-01' + n / 3 * interval '1 ms'
            from generate_series(1, :rows) as n
            """)
        .param("user", user)
        .param("smile", "\uD83D\uDE00")
        .param("rows", rows)
        .update();
  }
}
