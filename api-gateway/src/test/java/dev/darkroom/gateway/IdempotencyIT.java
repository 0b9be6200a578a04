package dev.darkroom.gateway;

import static dev.darkroom.gateway.BadInputIT.assertIsProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IdempotencyIT {
  private static final String BODY = "{\"prompt\":\"a lighthouse\"}";

  private final RunningGateway gateway = RunningGateway.shared();
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final String key = UUID.randomUUID().toString();

  @Test
  void the_same_request_again_gets_the_first_job_as_it_stands_now() {
    var first = post(key, BODY);
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.header("Idempotent-Replayed")).isEmpty();

    var again = post("\"" + key + "\"", "{ \"width\": 512, \"prompt\": \"a lighthouse\" }");
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.body()).isEqualTo(first.body());

    worker.complete(first.text("/requestId"));
    var later = post(key, BODY);
    assertThat(later.status()).isEqualTo(202);
    assertThat(later.text("/requestId")).isEqualTo(first.text("/requestId"));
    assertThat(later.text("/status")).isEqualTo("completed");
  }

  @Test
  void another_request_with_the_same_key_is_refused_and_nothing_of_the_first_is_revealed() {
    var first = post(key, BODY);

    var other = post(key, "{\"prompt\":\"a castle\"}");

    assertThat(other.status()).isEqualTo(422);
    assertIsProblem(other);
    assertThat(other.json().has("requestId")).isFalse();
    assertThat(other.body()).doesNotContain(first.text("/requestId")).doesNotContain("lighthouse");
  }

  @Test
  void a_waiting_repetition_hears_how_the_first_job_ended() {
    var id = post(key, BODY).text("/requestId");
    worker.complete(id);

    var completed = post(key, BODY, "Prefer", "wait=30");
    assertThat(completed.status()).isEqualTo(200);
    assertThat(completed.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(completed.header("Preference-Applied")).isEqualTo("wait=30");
    assertThat(completed.text("/imageUrl")).endsWith(id + ".webp");
  }

  @Test
  void a_waiting_repetition_of_a_failed_job_hears_its_error() {
    var id = post(key, BODY).text("/requestId");
    worker.fail(id, "rejected");

    var failed = post(key, BODY, "Prefer", "wait=30");
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(failed.text("/requestId")).isEqualTo(id);
    assertThat(failed.text("/code")).isEqualTo("rejected");
  }

  /** To come back later with the same key would bring the same job for a day. */
  @Test
  void a_waiting_repetition_of_a_job_that_an_outage_ended_hears_that_it_needs_a_new_key() {
    var id = post(key, BODY).text("/requestId");
    worker.fail(id, "provider_unavailable");

    var failed = post(key, BODY, "Prefer", "wait=30");
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.header("Retry-After")).isEqualTo("30");
    assertThat(failed.text("/error")).contains("retry with a new key");
    assertThat(failed.text("/code")).isEqualTo("provider_unavailable");
    assertThat(failed.text("/requestId")).isEqualTo(id);
  }

  /** Those who gave up once took the job from those who still waited. */
  @Test
  void a_client_that_stops_waiting_leaves_the_job_to_the_others() {
    var id = post(key, BODY).text("/requestId");
    var patient = CompletableFuture.supplyAsync(() -> post(key, BODY, "Prefer", "wait=20"));
    assertThat(post(key, BODY, "Prefer", "wait=1").status()).isEqualTo(202);
    worker.complete(id);

    await().atMost(Duration.ofSeconds(5)).until(patient::isDone);
    assertThat(patient.join().status()).isEqualTo(200);
  }

  @Test
  void requests_in_flight_at_the_same_moment_become_one_job() {
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var replies =
          IntStream.range(0, 60)
              .mapToObj(_ -> CompletableFuture.supplyAsync(() -> post(key, BODY), clients))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();

      assertThat(replies).allMatch(reply -> reply.status() == 202);
      assertThat(replies.stream().map(reply -> reply.text("/requestId")).distinct()).hasSize(1);
      assertThat(replies.stream().filter(reply -> reply.header("Idempotent-Replayed").isEmpty()))
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"open"})
  void a_bad_key_is_named_with_the_other_mistakes(String bad) {
    var reply = post(bad, "{\"width\":1}");
    assertThat(reply.status()).isEqualTo(400);
    assertIsProblem(reply);
    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field")))
        .extracting(JsonNode::asString)
        .containsExactlyInAnyOrder("prompt", "width", "Idempotency-Key");
    assertThat(post(bad, BODY).status()).isEqualTo(400);
  }

  @Test
  void two_keys_are_one_too_many() {
    var request =
        gateway
            .request("/api/generate")
            .headers("Content-Type", "application/json", "Idempotency-Key", key)
            .header("Idempotency-Key", key + "x")
            .POST(BodyPublishers.ofString(BODY));
    var reply = gateway.send(request);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).contains("Idempotency-Key has several values");
  }

  /** What a client can't find out without a key: whether there is a job. */
  @ParameterizedTest
  @ValueSource(strings = {BODY, "{\"prompt\":\"another one\"}"})
  void a_key_whose_job_was_deleted_by_hand_is_free_again(String body) {
    var first = post(key, BODY).text("/requestId");
    delete(first);

    var next = post(key, body, "Prefer", "wait=1");
    assertThat(next.status()).isEqualTo(202);
    assertThat(next.header("Idempotent-Replayed")).isEmpty();
    assertThat(next.text("/requestId")).isNotEqualTo(first);
    var again = post(key, body);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.text("/requestId")).isEqualTo(next.text("/requestId"));
  }

  @Test
  void many_who_repeat_a_request_whose_job_was_deleted_get_one_new_job() throws Exception {
    var database = TestServers.freshDatabase();
    try (var one = RunningGateway.start(database, TestServers.kafka());
        var other = RunningGateway.start(database, TestServers.kafka());
        var clients = Executors.newFixedThreadPool(16)) {
      for (var round = 0; round < 5; round++) {
        post(one, key, BODY);
        one.bean(JdbcClient.class).sql("delete from generation_queue").update();
        one.bean(JdbcClient.class).sql("delete from generation_jobs").update();
        var replies =
            IntStream.range(0, 16)
                .mapToObj(i ->
                    CompletableFuture.supplyAsync(
                        () -> post(i % 2 == 0 ? one : other, key, BODY), clients))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(replies).extracting(Reply::status).containsOnly(202);
        assertThat(replies.stream().map(reply -> reply.text("/requestId")).distinct()).hasSize(1);
      }
    }
  }

  private void delete(String job) {
    for (var table : List.of("generation_queue", "generation_jobs", "generation_logs")) {
      gateway
          .bean(JdbcClient.class)
          .sql("delete from %s where request_id = :id".formatted(table))
          .param("id", UUID.fromString(job))
          .update();
    }
  }

  @Test
  void a_job_whose_commit_nobody_heard_of_is_found_by_its_key() throws IOException {
    try (var cut = CutConnections.to(TestServers.freshDatabase());
        var behind = RunningGateway.start(cut.database(), TestServers.kafka())) {
      cut.loseReplyTo(key);
      var unanswered = post(behind, key, BODY);
      assertThat(unanswered.status()).isEqualTo(503);
      assertThat(unanswered.header("Retry-After")).isEqualTo("5");
      assertThat(unanswered.text("/error")).contains("same Idempotency-Key");
      assertThat(unanswered.json().has("requestId")).isFalse();

      var again = post(behind, key, BODY);
      assertThat(again.status()).isEqualTo(202);
      assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
      assertThat(
              behind
                  .bean(JdbcClient.class)
                  .sql("select request_id::text from generation_jobs")
                  .query(String.class)
                  .list())
          .containsExactly(again.text("/requestId"));
    }
  }

  private Reply post(String key, String body, String... headers) {
    return post(gateway, key, body, headers);
  }

  private static Reply post(RunningGateway gateway, String key, String body, String... headers) {
    var all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Idempotency-Key";
    all[1] = key;
    return gateway.post(body, all);
  }
}
