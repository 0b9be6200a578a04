package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.jobs.WorkerStore.WorkerDescription;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.testservers.TestServers;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Pauses, changes of many jobs, and workers, as operators see them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OperationsIT {
  private static final RunningGateway GATEWAY =
      RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka());
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final ApiDescription api = ApiDescription.of(GATEWAY);
  private final TestingWorker worker = TestingWorker.of(GATEWAY);

  @AfterAll
  static void close() {
    GATEWAY.close();
  }

  @Test
  void the_jobs_of_a_paused_user_wait_say_why_and_go_on_afterwards() {
    var paused = post("/pause", "{\"userId\":\"paused\",\"reason\":\"Until Monday.\"}");
    assertThat(paused.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/operations/pause", paused)).isEmpty();
    var job = submit("paused");

    assertThat(claim(job)).isZero();
    var view = GATEWAY.get("/api/generate/" + job);
    assertThat(view.text("/waitingFor"))
        .isEqualTo("Jobs of this user are paused by the operator: Until Monday.");
    assertThat(view.text("/queue/heldUpBy")).isEqualTo("paused");
    assertThat(api.complaints("GET /api/generate/{requestId}", view)).isEmpty();
    var listed = GATEWAY.get("/api/operations");
    assertThat(api.complaints("GET /api/operations", listed)).isEmpty();
    assertThat(listed.json().at("/paused").findValuesAsString("userId")).contains("paused");

    var resumed = post("/resume", "{\"userId\":\"paused\"}");
    assertThat(api.complaints("POST /api/operations/resume", resumed)).isEmpty();
    assertThat(resumed.json().get("resumed").asBoolean()).isTrue();
    await().untilAsserted(() -> assertThat(claim(job)).isEqualTo(1));
    assertThat(post("/resume", "{\"userId\":\"paused\"}").json().get("resumed").asBoolean())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/pause | {\"userId\":\"a\",\"model\":\"b\"} | model",
        "/pause | {\"userId\":7} | userId",
        "/pause | [] | body",
        "/pause | {\"user_id\":\"a\"} | user_id",
        "'' | {\"action\":\"cancel\",\"filter\":{\"status\":\"started\",\"userid\":\"a\"}} |"
            + " filter.userid",
        "'' | {\"action\":\"cancel\",\"filter\":{\"userId\":\"a\"},\"dryrun\":true} | dryrun",
        "/pause | {\"userId\":\" \"} | userId",
        "/resume | {\"model\":\"\"} | model",
        "'' | {\"action\":\"cancel\",\"filter\":{\"userId\":\"\",\"status\":\"started\"}} |"
            + " filter.userId",
        "'' | {} | action",
        "'' | {\"action\":\"burn\",\"filter\":{\"userId\":\"a\"}} | action",
        "'' | {\"action\":\"replay\"} | filter",
        "'' | {\"action\":\"replay\",\"filter\":{}} | filter",
        "'' | {\"action\":\"replay\",\"filter\":7} | filter",
        "'' | {\"action\":\"replay\",\"filter\":{\"status\":\"processing\"}} | filter.status",
        "'' | {\"action\":\"cancel\",\"filter\":{\"status\":\"failed\"}} | filter.status",
        "'' | {\"action\":\"cancel\",\"filter\":{\"since\":\"yesterday\"}} | filter.since",
        "'' | {\"action\":\"cancel\",\"filter\":{\"userId\":\"a\"},\"dryRun\":\"yes\"} | dryRun"
      })
  void a_bad_request_names_its_field(String path, String body, String field) {
    var reply = post(path, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(api.complaints("POST /api/operations" + path, reply)).isEmpty();
    assertThat(reply.json().get("errors").findValuesAsString("field")).contains(field);
  }

  @Test
  void failed_jobs_are_counted_first_and_then_each_is_sent_again_once() {
    var user = "again-" + UUID.randomUUID();
    var jobs = IntStream.range(0, 5).mapToObj(_ -> submit(user)).toList();
    jobs.forEach(job -> worker.fail(job, "bad_reply"));
    var filter = "\"filter\":{\"userId\":\"%s\",\"errorCode\":\"bad_reply\"}".formatted(user);

    var counted = post("", "{\"action\":\"replay\",%s,\"dryRun\":true}".formatted(filter));
    assertThat(counted.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/operations", counted)).isEmpty();
    assertThat(counted.json().get("matched").asInt()).isEqualTo(5);
    assertThat(jobsOf(user)).isEqualTo(5);

    var begun = post("", "{\"action\":\"replay\",%s,\"reason\":\"Fixed.\"}".formatted(filter));
    assertThat(begun.status()).isEqualTo(202);
    assertThat(api.complaints("POST /api/operations", begun)).isEmpty();
    var ended = awaitEnd(begun.header("Location"));

    assertThat(ended.text("/status")).isEqualTo("completed");
    assertThat(ended.json().get("changed").asInt()).isEqualTo(5);
    assertThat(jobsOf(user)).isEqualTo(10);
    assertThat(
            GATEWAY
                .bean(JdbcClient.class)
                .sql(
                    """
                    select count(distinct replay_of) from public.generation_jobs
                    where user_id = :user and replay_of is not null
                    """)
                .param("user", user)
                .query(Long.class)
                .single())
        .isEqualTo(5);
  }

  @Test
  void what_was_erased_is_not_sent_again() {
    var user = "erased-" + UUID.randomUUID();
    var job = submit(user);
    worker.complete(job);
    GATEWAY
        .bean(JdbcClient.class)
        .sql(
            """
            update public.generation_jobs set request = jsonb_set(request, '{prompt}', to_jsonb(:erased::text))
            where user_id = :user
            """)
        .param("erased", GenerationRequest.ERASED)
        .param("user", user)
        .update();

    var begun = post("", "{\"action\":\"replay\",\"filter\":{\"userId\":\"%s\"}}".formatted(user));

    assertThat(awaitEnd(begun.header("Location")).json().get("changed").asInt()).isZero();
    assertThat(jobsOf(user)).isEqualTo(1);
  }

  @Test
  void a_model_may_be_named_by_its_alias() {
    var paused = post("/pause", "{\"model\":\"dall-e-3\"}");
    var resumed = post("/resume", "{\"model\":\"black-forest-labs/flux-schnell\"}");

    assertThat(paused.text("/model")).isEqualTo("black-forest-labs/flux-schnell");
    assertThat(resumed.json().get("resumed").asBoolean()).isTrue();
  }

  @Test
  void a_repeated_request_with_its_key_is_the_same_operation() {
    var body = "{\"action\":\"replay\",\"filter\":{\"userId\":\"nobody\"},\"reason\":\"Fixed.\"}";
    var key = "\"" + UUID.randomUUID() + "\"";

    var first = post("", body, "Idempotency-Key", key);
    var again = post("", body, "Idempotency-Key", key);
    var other = post("", body.replace("replay", "cancel"), "Idempotency-Key", key);
    var counted = post("", body.replace("{\"a", "{\"dryRun\":true,\"a"), "Idempotency-Key", key);

    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.text("/id")).isEqualTo(first.text("/id"));
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text("/code")).isEqualTo("key_reused");
    assertThat(counted.status()).isEqualTo(200);
    assertThat(post("", body, "Idempotency-Key", "").status()).isEqualTo(400);
    assertThat(List.of(first, again, other, counted))
        .allSatisfy(reply -> assertThat(api.complaints("POST /api/operations", reply)).isEmpty());
  }

  @Test
  void open_jobs_are_cancelled_all_at_once() {
    var user = "many-" + UUID.randomUUID();
    var jobs = IntStream.range(0, 5).mapToObj(_ -> submit(user)).toList();
    worker.complete(jobs.getFirst());

    var begun = post("", "{\"action\":\"cancel\",\"filter\":{\"userId\":\"%s\"}}".formatted(user));
    var ended = awaitEnd(begun.header("Location"));

    assertThat(ended.json().get("changed").asInt()).isEqualTo(4);
    assertThat(jobs.stream().map(job -> GATEWAY.get("/api/generate/" + job).text("/error/code")))
        .containsExactly("", "cancelled", "cancelled", "cancelled", "cancelled");
  }

  @Test
  void an_operation_can_be_stopped_and_an_unknown_one_is_404() {
    var begun = post("", "{\"action\":\"cancel\",\"filter\":{\"userId\":\"nobody\"}}");
    var path = begun.header("Location");

    var stopped = GATEWAY.send(GATEWAY.request(path).DELETE());

    assertThat(stopped.status()).isEqualTo(200);
    assertThat(api.complaints("DELETE /api/operations/{operationId}", stopped)).isEmpty();
    assertThat(stopped.text("/status")).isIn("cancelled", "completed");
    assertThat(GATEWAY.get("/api/operations/" + UUID.randomUUID()).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"userId\":\"nobody\",\"dryRun\":true} | 200",
        "{\"userId\":\"nobody\",\"reason\":\"Asked.\"} | 202",
        "{\"owner\":\"nobody\",\"reason\":\"Asked.\"} | 202",
        "{\"userId\":\"nobody\"} | 400",
        "{\"reason\":\"Asked.\"} | 400",
        "{\"owner\":\"nobody\",\"user\":\"a\",\"reason\":\"Asked.\"} | 400",
        "{\"userId\":\" \",\"owner\":\"a\",\"reason\":\"Asked.\"} | 400",
        "[] | 400"
      })
  void an_erasure_is_as_described(String body, int status) {
    var reply = post("/erase", body);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(api.complaints("POST /api/operations/erase", reply)).isEmpty();
    if (status == 202) {
      var ended =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> GATEWAY.get(reply.header("Location")),
                  shown -> shown.text("/erasure/status").equals("completed"));
      assertThat(api.complaints("GET /api/operations/erase/{erasureId}", ended)).isEmpty();
      assertThat(ended.body()).doesNotContain("nobody");
      assertThat(api.complaints("GET /api/audit", GATEWAY.get("/api/audit"))).isEmpty();
    }
  }

  @Test
  void workers_say_what_they_do() {
    var workers = GATEWAY.bean(WorkerStore.class);
    var id = "w-" + UUID.randomUUID();
    workers.heartbeat(id, LEASE, new WorkerDescription("1.2.3", 16));
    var job = submit("worked");
    var _ =
        GATEWAY
            .bean(JobStore.class)
            .claimDue(id, LEASE, UUID.randomUUID(), List.of(RequestId.parse(job).orElseThrow()));
    workers.orders(id, "pictures");

    var reply = GATEWAY.get("/api/workers");

    assertThat(api.complaints("GET /api/workers", reply)).isEmpty();
    assertThat(reply.json().get("workers"))
        .anySatisfy(shown -> {
          assertThat(shown.get("id").asString()).isEqualTo(id);
          assertThat(shown.get("version").asString()).isEqualTo("1.2.3");
          assertThat(shown.get("slots").asInt()).isEqualTo(16);
          assertThat(shown.get("jobs").asInt()).isEqualTo(1);
          assertThat(shown.at("/paused/reason").asString()).isEqualTo("pictures");
        });
    workers.orders(id, null);
  }

  private static String submit(String user) {
    return GATEWAY
        .post("{\"prompt\":\"one of many\",\"userId\":\"%s\"}".formatted(user))
        .text("/requestId");
  }

  private static int claim(String job) {
    return GATEWAY
        .bean(JobStore.class)
        .claimDue(
            "testing-worker", LEASE, UUID.randomUUID(), List.of(RequestId.parse(job).orElseThrow()))
        .size();
  }

  private static long jobsOf(String user) {
    return GATEWAY
        .bean(JdbcClient.class)
        .sql("select count(*) from public.generation_jobs where user_id = :user")
        .param("user", user)
        .query(Long.class)
        .single();
  }

  private Reply awaitEnd(String path) {
    var ended =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> GATEWAY.get(path), reply -> !reply.text("/status").equals("running"));
    assertThat(api.complaints("GET /api/operations/{operationId}", ended)).isEmpty();
    return ended;
  }

  private static Reply post(String path, String body, String... headers) {
    var request =
        GATEWAY
            .request("/api/operations" + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return GATEWAY.send(headers.length == 0 ? request : request.headers(headers));
  }
}
