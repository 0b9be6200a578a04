package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.Step;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Cancelling jobs, and sending ended ones again. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class JobActionsIT {
  private static final String CANCEL = "DELETE /api/generate/{requestId}";
  private static final String REPLAY = "POST /api/generate/{requestId}/replay";

  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);
  private final TestingWorker worker = TestingWorker.of(gateway);

  @Test
  void a_waiting_job_is_cancelled_at_once() {
    var job = gateway.submit("never drawn");

    var reply = cancel(job);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(api.complaints(CANCEL, reply)).isEmpty();
    assertThat(reply.text("/status")).isEqualTo("failed");
    assertThat(reply.text("/error/code")).isEqualTo("cancelled");
    assertThat(reply.json().at("/billing/calls").asInt()).isZero();
    assertThat(reply.text("/billing/billed")).isEqualTo("no");
    assertThat(reply.json().at("/links").has("cancel")).isFalse();
    assertThat(reply.header("X-Request-Id")).isEqualTo(job);
  }

  @Test
  void a_running_job_is_202_until_its_worker_has_cut_the_call() {
    var job = gateway.submit("drawn right now");
    var attempt = worker.claim(job);

    var reply = cancel(job);
    assertThat(reply.status()).isEqualTo(202);
    assertThat(api.complaints(CANCEL, reply)).isEmpty();
    assertThat(reply.text("/waitingFor")).contains("cutting the call");
    var waiting = CompletableFuture.supplyAsync(() -> cancel(job, "Prefer", "wait=20"));
    cut(attempt);

    assertThat(waiting.join().status()).isEqualTo(200);
    assertThat(waiting.join().header("Preference-Applied")).isEqualTo("wait=20");
    assertThat(waiting.join().text("/error/code")).isEqualTo("cancelled");
    assertThat(waiting.join().text("/billing/billed")).isEqualTo("unknown");
  }

  private void cut(Attempt attempt) {
    var _ =
        gateway
            .bean(JobStore.class)
            .rescheduleIfHeld(
                attempt,
                new RetryableFailure(
                    Step.ATTEMPT_OUTCOME_UNKNOWN,
                    "outcome_unknown",
                    "It was cut.",
                    false,
                    Duration.ZERO));
  }

  @Test
  void a_job_that_has_ended_is_shown_as_it_ended() {
    var job = gateway.submit("done");
    worker.complete(job);

    var reply = cancel(job);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("/status")).isEqualTo("completed");
    assertThat(reply.text("/billing/billed")).isEqualTo("yes");
    assertThat(reply.text("/links/picture")).isEqualTo(reply.text("/imageUrl"));
  }

  @Test
  void cancelling_concurrently_ends_the_job_once() {
    var job = gateway.submit("cancelled by many");

    var replies =
        IntStream.range(0, 16)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> cancel(job)))
            .toList();

    assertThat(replies).allMatch(reply -> reply.join().status() == 200);
    assertThat(terminalSteps(job)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "nonsense"})
  void there_is_nothing_to_do_for_a_job_that_does_not_exist(String id) {
    assertThat(cancel(id).status()).isEqualTo(404);
    assertThat(replay(id, "").status()).isEqualTo(404);
    assertThat(api.complaints(CANCEL, cancel(id))).isEmpty();
  }

  @Test
  void a_waiting_client_of_a_cancelled_job_does_not_repeat_it() {
    var user = "waits-" + UUID.randomUUID();
    var waiting =
        CompletableFuture.supplyAsync(() ->
            gateway.post(
                "{\"prompt\":\"waited for\",\"userId\":\"%s\"}".formatted(user),
                "Prefer",
                "wait=30"));
    cancel(await().until(() -> jobOf(user), found -> !found.isEmpty()));

    assertThat(waiting.join().status()).isEqualTo(409);
    assertThat(waiting.join().text("/code")).isEqualTo("cancelled");
    assertThat(api.complaints("POST /api/generate", waiting.join())).isEmpty();
  }

  @Test
  void an_ended_job_is_sent_again_as_it_was() {
    var job =
        gateway
            .post(
                """
                {"prompt":"again","negative_prompt":"people","style":"sketch","diffusionStrength":0.25,"styleIntensity":1,
                 "width":1024,"height":64,"seed":7,"userId":"ada","model":"other/model",
                 "loras":[{"url":"https://example.com/l","scale":2}]}
                """)
            .text("/requestId");
    worker.fail(job, "bad_reply");

    var reply = replay(job, "");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(api.complaints(REPLAY, reply)).isEmpty();
    assertThat(reply.text("/replayOf")).isEqualTo(job);
    assertThat(reply.text("/requestId")).isNotEqualTo(job);
    assertThat(reply.header("Location")).isEqualTo("/api/generate/" + reply.text("/requestId"));
    assertThat(reply.json().get("metadata"))
        .isEqualTo(gateway.get("/api/generate/" + job).json().get("metadata"));
    assertThat(gateway.get(reply.header("Location")).text("/replayOf")).isEqualTo(job);
  }

  @Test
  void a_double_click_is_one_job_until_that_has_ended() {
    var job = ended();
    var first = replay(job, "");
    var second = replay(job, "{}");

    assertThat(second.text("/requestId")).isEqualTo(first.text("/requestId"));
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");

    worker.complete(first.text("/requestId"));
    await()
        .untilAsserted(() ->
            assertThat(replay(job, "").text("/requestId")).isNotEqualTo(first.text("/requestId")));
  }

  @Test
  void fields_may_be_changed() {
    var job = ended();

    var changed = replay(job, "{\"prompt\":\"other\",\"width\":640,\"seed\":null}");
    var other = replay(job, "{\"seed\":1}");

    assertThat(changed.text("/metadata/prompt")).isEqualTo("other");
    assertThat(changed.json().at("/metadata/width").asInt()).isEqualTo(640);
    assertThat(changed.json().at("/metadata/seed")).isNotEqualTo(seedOf(job));
    assertThat(other.json().at("/metadata/seed").asInt()).isEqualTo(1);
    assertThat(replay(job, "{\"prompt\":\"other\",\"width\":640,\"seed\":null}").text("/requestId"))
        .isEqualTo(changed.text("/requestId"));
  }

  @Test
  void bad_changes_are_refused_like_a_bad_submission() {
    var job = ended();

    var bad = replay(job, "{\"width\":1,\"size\":\"512x512\"}");

    assertThat(bad.status()).isEqualTo(400);
    assertThat(api.complaints(REPLAY, bad)).isEmpty();
    assertThat(bad.json().get("errors").findValuesAsString("field")).contains("width", "size");
    assertThat(replay(job, "[1]").status()).isEqualTo(400);
    assertThat(replay(job, "{").status()).isEqualTo(400);
    assertThat(replay(job, "{\"prompt\":null}").status()).isEqualTo(400);
  }

  @Test
  void an_open_job_is_not_sent_again() {
    var reply = replay(gateway.submit("open"), "");

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.text("/code")).isEqualTo("conflict");
    assertThat(api.complaints(REPLAY, reply)).isEmpty();
  }

  private JsonNode seedOf(String job) {
    return gateway.get("/api/generate/" + job).json().at("/metadata/seed");
  }

  private String ended() {
    var job = gateway.submit("ended");
    worker.fail(job, "bad_reply");
    return job;
  }

  private String jobOf(String user) {
    return gateway
        .bean(JdbcClient.class)
        .sql("select request_id::text from public.generation_jobs where user_id = :user")
        .param("user", user)
        .query(String.class)
        .optional()
        .orElse("");
  }

  private long terminalSteps(String job) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select count(*) from public.generation_logs
            where request_id = :id::uuid and status in ('completed', 'failed')
            """)
        .param("id", job)
        .query(Long.class)
        .single();
  }

  private Reply cancel(String job, String... headers) {
    var request = gateway.request("/api/generate/" + job).DELETE();
    return gateway.send(headers.length == 0 ? request : request.headers(headers));
  }

  private Reply replay(String job, String body) {
    return gateway.send(
        gateway
            .request("/api/generate/" + job + "/replay")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }
}
