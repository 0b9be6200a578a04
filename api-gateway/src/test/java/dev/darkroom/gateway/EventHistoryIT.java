package dev.darkroom.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Completion events from the ledger, and how a consumer goes on with the topic. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class EventHistoryIT {
  private static final String LINES = "application/x-ndjson";

  private static final TestDatabase DATABASE = TestServers.freshDatabase();
  private static final RunningGateway GATEWAY = RunningGateway.start(DATABASE, TestServers.kafka());

  private final TestingWorker worker = TestingWorker.of(GATEWAY);

  /** After all ends of other tests. */
  private String history = "/api/events/history?after=";

  @AfterAll
  static void stop() {
    GATEWAY.close();
  }

  @BeforeEach
  void a_reader_who_has_read_all() {
    await()
        .untilAsserted(() -> {
          var page = GATEWAY.get(history + "&limit=1000");
          history = "/api/events/history?after=" + page.text("/next");
          assertThat(page.json().get("complete").booleanValue()).isTrue();
        });
  }

  @Test
  void an_event_is_byte_by_byte_the_one_on_kafka() {
    end();
    awaitTopic();
    a_reader_who_has_read_all();
    try (var topic = new TestingConsumer(TestServers.kafka(), Topics.EVENTS)) {
      var completed = GATEWAY.submit("a fox 🦊");
      worker.complete(completed);
      var failed = GATEWAY.submit("a hare");
      worker.fail(failed, "rejected");

      var reply = GATEWAY.get(history, "Accept", LINES);

      assertThat(reply.header("Content-Type")).isEqualTo(LINES);
      assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
      assertThat(reply.header("Darkroom-Complete")).isEqualTo("true");
      var lines = reply.body().lines().toList();
      assertThat(lines)
          .containsExactly(
              new String(topic.awaitKey(completed).value(), UTF_8),
              new String(topic.awaitKey(failed).value(), UTF_8));

      var page = GATEWAY.get(history);
      assertThat(page.header("Content-Type")).isEqualTo("application/json");
      assertThat(page.json().propertyNames())
          .containsExactly("epoch", "events", "next", "complete");
      assertThat(page.body()).contains("\"events\":[" + String.join(",", lines) + "]");
      assertThat(page.text("/epoch")).isEqualTo(reply.header("Darkroom-Epoch")).isNotEmpty();
      assertThat(page.text("/next")).isEqualTo(reply.header("Darkroom-Next")).isNotEmpty();
    }
  }

  @Test
  void pages_lead_to_the_end_and_from_there_to_what_ends_later() {
    var ended = new ArrayList<String>();
    for (var i = 0; i < 7; i++) {
      ended.add(end());
    }

    var read = new ArrayList<String>();
    var page = GATEWAY.get(history + "&limit=3");
    while (true) {
      read.addAll(jobs(page));
      if (page.json().get("complete").booleanValue()) {
        break;
      }
      page = GATEWAY.get("/api/events/history?limit=3&after=" + page.text("/next"));
    }
    assertThat(read).isEqualTo(ended);

    var later = end();
    assertThat(jobs(GATEWAY.get("/api/events/history?after=" + page.text("/next"))))
        .containsExactly(later);
  }

  @Test
  void while_an_end_is_being_committed_later_ones_are_held_back_and_the_page_is_not_complete()
      throws SQLException {
    var first = end();
    var late = GATEWAY.submit("it ends late");
    var connection = new SingleConnectionDataSource(source().getConnection(), true);
    connection.getConnection().setAutoCommit(false);
    JdbcClient.create(connection)
        .sql(
            """
            insert into generation_logs (request_id, user_id, prompt, status, step)
            select request_id, user_id, 'x', 'processing', 'x' from generation_jobs where request_id = :id::uuid
            """)
        .param("id", late)
        .update();
    var second = end();

    var page = GATEWAY.get(history);
    assertThat(jobs(page)).containsExactly(first);
    assertThat(page.json().get("complete").booleanValue()).isFalse();

    connection.getConnection().commit();
    connection.destroy();
    var rest = GATEWAY.get("/api/events/history?after=" + page.text("/next"));
    assertThat(jobs(rest)).containsExactly(second);
    assertThat(rest.json().get("complete").booleanValue()).isTrue();
  }

  @Test
  void after_a_restore_a_cursor_is_gone_and_the_history_begins_anew() {
    end();
    var epoch = GATEWAY.get(history).text("/epoch");
    JdbcClient.create(source())
        .sql("update generation_epoch set value = gen_random_uuid()")
        .update();

    var reply = GATEWAY.get(history);

    assertThat(reply.status()).isEqualTo(410);
    BadInputIT.assertIsProblem(reply);
    assertThat(reply.text("/code")).isEqualTo("epoch_changed");
    var anew = GATEWAY.get("/api/events/history?limit=1000");
    assertThat(anew.text("/epoch")).isNotEqualTo(epoch);
    assertThat(jobs(anew)).isNotEmpty();
  }

  @Test
  void the_documented_consumer_gets_every_end_once_while_jobs_go_on_ending() throws Exception {
    var first = end();
    awaitTopic();
    var ended = endedLongAgo(3_000);
    ended.add(first);
    try (var consumer = DocumentedProgram.start("FollowEnds", TestServers.kafka(), address())) {
      while (!consumer.printed().contains("history read, going on with the topic")) {
        assertThat(consumer.process().isAlive()).isTrue();
        ended.add(end());
      }
      for (var i = 0; i < 100; i++) {
        ended.add(end());
      }

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            var printed = Set.copyOf(consumer.printed());
            return ended.stream().allMatch(job -> printed.contains(job + ":completed"));
          });
      assertThat(consumer.printed()).doesNotHaveDuplicates();
    }
  }

  private List<String> endedLongAgo(int jobs) {
    return new ArrayList<>(
        JdbcClient.create(source())
            .sql(
                """
                with job as (
                  insert into generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                    image_url, image_sha256, image_content_type, image_bytes, created_at, finished_at)
                  select gen_random_uuid(), 'ada', '{}', '{}', 'completed', 1, now(), '/generated/x.webp', 'ab',
                    'image/webp', 7, now() - interval '1 day', now() - interval '1 day'
                  from generate_series(1, :jobs)
                  returning *)
                insert into generation_logs (request_id, user_id, prompt, status, step, created_at)
                select request_id, user_id, 'x', status, 'image_generated', finished_at from job
                returning request_id::text
                """)
            .param("jobs", jobs)
            .query(String.class)
            .list());
  }

  private String end() {
    var id = GATEWAY.submit("it ends");
    worker.complete(id);
    return id;
  }

  /** The gateway creates it, and then publishes what has ended. */
  private void awaitTopic() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            JdbcClient.create(source())
                .sql("select not exists (select from generation_queue where state = 'ended')")
                .query(Boolean.class)
                .single());
  }

  private static List<String> jobs(Reply page) {
    return page.json()
        .get("events")
        .valueStream()
        .map(event -> event.get("subject").asString())
        .toList();
  }

  private String address() {
    return "http://localhost:" + GATEWAY.port();
  }

  private DriverManagerDataSource source() {
    return new DriverManagerDataSource(
        DATABASE.jdbcUrl(), DATABASE.username(), DATABASE.password());
  }
}
