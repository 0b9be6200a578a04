package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestServers;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several pictures by one request. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class GroupsIT {
  private static final String SUBMIT = "POST /api/generate";
  private static final String SHOW = "GET /api/groups/{groupId}";
  private static final String CANCEL = "DELETE /api/groups/{groupId}";
  private static final String REPLAY = "POST /api/groups/{groupId}/replay";

  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);
  private final TestingWorker worker = TestingWorker.of(gateway);

  @Test
  void a_count_makes_so_many_jobs_with_seeds_that_follow_each_other() {
    var reply = submit("{\"prompt\":\"three\",\"seed\":7,\"count\":3,\"foo\":1}");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(api.complaints(SUBMIT, reply)).isEmpty();
    var group = reply.text("/groupId");
    assertThat(group).isEqualTo(reply.text("/jobs/0/requestId"));
    assertThat(reply.header("X-Request-Id")).isEqualTo(group);
    assertThat(reply.header("Location")).isEqualTo("/api/groups/" + group);
    assertThat(reply.text("/status")).isEqualTo("started");
    assertThat(reply.json().get("ignored").toString()).isEqualTo("[\"foo\"]");
    assertThat(seeds(reply)).containsExactly(7L, 8L, 9L);
    assertThat(reply.json().get("jobs").findValuesAsString("groupId"))
        .containsExactly(group, group, group);

    var shown = gateway.get(reply.header("Location"));
    assertThat(shown.status()).isEqualTo(200);
    assertThat(api.complaints(SHOW, shown)).isEmpty();
    assertThat(shown.header("X-Request-Id")).isEqualTo(group);
    assertThat(ids(shown)).isEqualTo(ids(reply));
    var alone = gateway.get("/api/generate/" + ids(reply).get(2));
    assertThat(alone.text("/groupId")).isEqualTo(group);
    assertThat(api.complaints("GET /api/generate/{requestId}", alone)).isEmpty();
  }

  @Test
  void a_count_of_one_is_a_job_like_any_other() {
    var reply = submit("{\"prompt\":\"one\",\"count\":1}");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.json().has("groupId")).isFalse();
    assertThat(reply.json().has("ignored")).isFalse();
    assertThat(gateway.get("/api/groups/" + reply.text("/requestId")).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "17", "1.5", "\"4\"", "-1"})
  void a_count_outside_of_its_limits_is_refused(String count) {
    var reply = submit("{\"prompt\":\"many\",\"count\":%s}".formatted(count));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(api.complaints(SUBMIT, reply)).isEmpty();
    assertThat(reply.text("/errors/0/field")).isEqualTo("count");
    assertThat(reply.text("/errors/0/message")).contains("an integer between 1 and 16");
  }

  @Test
  void a_seed_without_room_for_those_that_follow_is_refused() {
    var seed = Long.MAX_VALUE - 1;
    assertThat(submit("{\"prompt\":\"a\",\"seed\":%d,\"count\":2}".formatted(seed)).status())
        .isEqualTo(202);
    var reply = submit("{\"prompt\":\"\",\"seed\":%d,\"count\":3}".formatted(seed));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/errors/0/field")).isEqualTo("prompt");
    assertThat(reply.text("/errors/1/field")).isEqualTo("seed");
    assertThat(reply.text("/errors/1/message")).contains("at most " + (seed - 1));
  }

  @Test
  void one_key_stands_for_the_whole_group() {
    var key = UUID.randomUUID().toString();
    var first = submit("{\"prompt\":\"twice\",\"count\":2}", "Idempotency-Key", key);
    var again = submit("{\"count\":2,\"prompt\":\"twice\"}", "Idempotency-Key", key);

    assertThat(again.status()).isEqualTo(202);
    assertThat(api.complaints(SUBMIT, again)).isEmpty();
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(ids(again)).isEqualTo(ids(first));
    for (var other : List.of("{\"prompt\":\"twice\",\"count\":3}", "{\"prompt\":\"twice\"}")) {
      assertThat(submit(other, "Idempotency-Key", key).text("/code")).isEqualTo("key_reused");
    }
  }

  @Test
  void whoever_waits_gets_the_group_when_all_have_ended_and_kafka_its_event() {
    try (var events = new TestingConsumer(TestServers.kafka(), Topics.EVENTS)) {
      var user = "waits-" + UUID.randomUUID();
      var waiting =
          CompletableFuture.supplyAsync(() ->
              submit(
                  "{\"prompt\":\"waited for\",\"count\":2,\"userId\":\"%s\"}".formatted(user),
                  "Prefer",
                  "wait=30"));
      var jobs = await().until(() -> jobsOf(user), found -> found.size() == 2);
      worker.complete(jobs.get(0));
      worker.fail(jobs.get(1), "content_refused");

      var reply = waiting.join();
      assertThat(reply.status()).isEqualTo(200);
      assertThat(api.complaints(SUBMIT, reply)).isEmpty();
      assertThat(reply.header("Preference-Applied")).isEqualTo("wait=30");
      assertThat(reply.text("/status")).isEqualTo("failed");
      assertThat(reply.json().get("success").booleanValue()).isFalse();
      assertThat(reply.json().at("/links").has("cancel")).isFalse();

      var event = events.awaitHeader("ce_id", reply.text("/groupId") + ":group:failed");
      assertThat(event.key()).isEqualTo(reply.text("/groupId"));
      var data = JsonMapper.shared().readTree(event.value()).at("/data");
      assertThat(data.get("completed").intValue()).isOne();
      assertThat(data.get("jobs").findValuesAsString("requestId")).isEqualTo(ids(reply));
    }
  }

  @Test
  void all_jobs_of_a_group_are_cancelled_together() {
    var group = submit("{\"prompt\":\"never drawn\",\"count\":3}");
    var done = ids(group).getFirst();
    worker.complete(done);
    assertThat(gateway.get(group.header("Location")).text("/status")).isEqualTo("processing");

    var reply = cancel(group.text("/groupId"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(api.complaints(CANCEL, reply)).isEmpty();
    assertThat(reply.text("/status")).isEqualTo("failed");
    assertThat(reply.text("/jobs/0/status")).isEqualTo("completed");
    assertThat(reply.text("/jobs/1/error/code")).isEqualTo("cancelled");
    assertThat(reply.text("/jobs/2/error/code")).isEqualTo("cancelled");
    assertThat(cancel(group.text("/groupId")).status()).as("again").isEqualTo(200);
  }

  @Test
  void a_group_with_a_call_under_way_is_202_until_that_is_cut() {
    var group = submit("{\"prompt\":\"drawn right now\",\"count\":2}");
    var _ = worker.claim(ids(group).get(1));

    var reply = cancel(group.text("/groupId"));

    assertThat(reply.status()).isEqualTo(202);
    assertThat(api.complaints(CANCEL, reply)).isEmpty();
    assertThat(reply.text("/jobs/0/error/code")).isEqualTo("cancelled");
    assertThat(reply.text("/jobs/1/status")).isEqualTo("processing");
  }

  @Test
  void an_ended_group_is_sent_again_as_a_new_one() {
    var group = submit("{\"prompt\":\"again\",\"seed\":3,\"count\":2}");
    assertThat(replay(group.text("/groupId"), "").text("/code")).isEqualTo("conflict");
    ids(group).forEach(job -> worker.fail(job, "bad_reply"));

    var reply = replay(group.text("/groupId"), "");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(api.complaints(REPLAY, reply)).isEmpty();
    assertThat(reply.text("/groupId")).isNotEqualTo(group.text("/groupId"));
    assertThat(reply.json().get("jobs").findValuesAsString("replayOf")).isEqualTo(ids(group));
    assertThat(seeds(reply)).containsExactly(3L, 4L);
    assertThat(ids(replay(group.text("/groupId"), "{}")))
        .as("a double click")
        .isEqualTo(ids(reply));
    assertThat(seeds(replay(group.text("/groupId"), "{\"seed\":9}"))).containsExactly(9L, 10L);

    var other = replay(group.text("/groupId"), "{\"count\":3}");
    assertThat(other.status()).isEqualTo(400);
    assertThat(api.complaints(REPLAY, other)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "nonsense"})
  void a_group_that_does_not_exist_is_404(String id) {
    assertThat(api.complaints(SHOW, gateway.get("/api/groups/" + id))).isEmpty();
    assertThat(gateway.get("/api/groups/" + id).status()).isEqualTo(404);
    assertThat(cancel(id).status()).isEqualTo(404);
    assertThat(replay(id, "").status()).isEqualTo(404);
  }

  private Reply submit(String body, String... headers) {
    return gateway.post(body, headers);
  }

  private Reply cancel(String group) {
    return gateway.send(gateway.request("/api/groups/" + group).DELETE());
  }

  private Reply replay(String group, String body) {
    return gateway.send(
        gateway
            .request("/api/groups/" + group + "/replay")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static List<String> ids(Reply group) {
    return group
        .json()
        .get("jobs")
        .valueStream()
        .map(job -> job.get("requestId").asString())
        .toList();
  }

  private static List<Long> seeds(Reply group) {
    return group
        .json()
        .get("jobs")
        .valueStream()
        .map(job -> job.at("/metadata/seed"))
        .map(JsonNode::longValue)
        .toList();
  }

  private List<String> jobsOf(String user) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select request_id::text from public.generation_jobs where user_id = :user
            order by (request ->> 'seed')::numeric
            """)
        .param("user", user)
        .query((row, _) -> row.getString("request_id"))
        .list();
  }
}
