package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.messaging.EventRecords;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SubmitIT {
  /** Until a worker takes the job up. */
  private static final String PLACE =
      "\"queue\":\\{\"ahead\":[0-9]+[^}]*},\"waitingFor\":\"[^\"]+\",";

  private static final String MILLISECONDS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private final RunningGateway gateway = RunningGateway.shared();
  private final JdbcClient database = gateway.bean(JdbcClient.class);
  private final TestingWorker worker = TestingWorker.of(gateway);

  @Test
  void an_accepted_job_is_answered_as_the_contract_has_it() {
    var reply =
        gateway.post(
            """
            {"prompt":"a lighthouse","negative_prompt":"people","style":"sketch","diffusionStrength":0.25,
             "styleIntensity":1,"width":1024,"height":64,"seed":7,"userId":"ada"}
            """);
    assertThat(reply.status()).isEqualTo(202);
    var id = reply.text("/requestId");
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(reply.header("Location")).isEqualTo("/api/generate/" + id);
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.text("/logs/0/timestamp")).matches(MILLISECONDS);
    var expected =
        """
        {"success":true,"requestId":"%1$s","status":"started","priority":3,"metadata":{"prompt":"a lighthouse","style":"sketch",\
        "diffusionStrength":0.25,"styleIntensity":1.0,"width":1024,"height":64,"seed":7,"model":"stability-ai/sdxl"},\
        "logs":[{"step":"request_received","timestamp":"%2$s"}],"attempts":[],"billing":{"billed":"no","calls":0},\
        "links":{"self":"/api/generate/%1$s","events":"/api/generate/%1$s/events","cancel":"/api/generate/%1$s"}}\
        """
            .formatted(id, reply.text("/logs/0/timestamp"));
    assertThat(reply.body()).isEqualTo(expected);
    var asked = gateway.get("/api/generate/" + id).body();
    assertThat(asked).containsPattern(PLACE);
    assertThat(asked.replaceFirst(PLACE, "")).isEqualTo(expected);
  }

  @Test
  void a_model_may_be_named_from_those_that_are_listed() {
    var reply = gateway.post("{\"prompt\":\"a lighthouse\",\"model\":\"other/model\"}");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.text("/metadata/model")).isEqualTo("other/model");
    assertThat(gateway.get("/api/generate/" + reply.text("/requestId")).text("/metadata/model"))
        .isEqualTo("other/model");
    assertThat(
            gateway.post("{\"prompt\":\"a\",\"model\":\"unheard/of\"}").text("/errors/0/message"))
        .isEqualTo(
            "must be one of stability-ai/sdxl, other/model, black-forest-labs/flux-schnell,"
                + " plain/model, dall-e-3");
  }

  @Test
  void what_is_left_out_gets_its_default_and_the_seed_is_pinned() {
    var id = gateway.submit("defaults");
    var row =
        database
            .sql(
                """
                select user_id, request ->> 'seed' as seed, request ->> 'width' as width, request ->> 'diffusionStrength'
                  as strength, round(extract(epoch from deadline_at - created_at)) as deadline
                from generation_jobs where request_id = :id
                """)
            .param("id", UUID.fromString(id))
            .query()
            .singleRow();
    assertThat(row.get("user_id")).isEqualTo(GenerationRequest.ANONYMOUS);
    assertThat(row.get("width")).isEqualTo("512");
    assertThat(row.get("strength")).isEqualTo("0.7");
    assertThat(row.get("deadline")).asString().isEqualTo("900");
    assertThat(Long.parseLong(String.valueOf(row.get("seed")))).isBetween(0L, (1L << 31) - 1);
    assertThat(gateway.get("/api/generate/" + id).text("/metadata/seed"))
        .isEqualTo(row.get("seed"));
  }

  @Test
  void a_client_may_set_the_deadline() {
    var id = gateway.post("{\"prompt\":\"a\",\"deadlineSeconds\":60}").text("/requestId");
    assertThat(
            database
                .sql(
                    "select extract(epoch from deadline_at - created_at)::int from generation_jobs where request_id = :id")
                .param("id", UUID.fromString(id))
                .query(Integer.class)
                .single())
        .isEqualTo(60);
  }

  @Test
  void an_accepted_job_is_on_kafka_with_its_trace_and_marked_in_the_ledger() {
    var trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    try (var jobs = new TestingConsumer(TestServers.kafka(), Topics.JOBS)) {
      var id = gateway.post("{\"prompt\":\"to kafka\"}", "traceparent", trace).text("/requestId");
      var received = jobs.awaitKey(id);
      assertThat(
              new String(
                  received.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8))
          .isEqualTo(trace);
      assertThat(gateway.bean(JobRecords.class).read(received).map(JobMessage::requestId))
          .isEqualTo(RequestId.parse(id));
      await().untilAsserted(() -> assertThat(enqueued(id)).isTrue());
    }
  }

  @Test
  void a_malformed_trace_is_replaced_by_a_new_one() {
    try (var jobs = new TestingConsumer(TestServers.kafka(), Topics.JOBS)) {
      var id = gateway.post("{\"prompt\":\"a\"}", "traceparent", "nonsense").text("/requestId");
      var header = jobs.awaitKey(id).headers().lastHeader("traceparent");
      assertThat(new String(header.value(), StandardCharsets.UTF_8))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }
  }

  @Test
  void a_started_event_is_told_where_it_is_wanted() {
    try (var telling =
            RunningGateway.start(
                TestServers.freshDatabase(),
                TestServers.kafka(),
                "--darkroom.events.progress=true");
        var events = new TestingConsumer(TestServers.kafka(), Topics.EVENTS)) {
      var received = events.awaitKey(telling.submit("told"));
      var event = telling.bean(EventRecords.class).read(received);
      assertThat(event).map(told -> told.status()).isEqualTo(Optional.of(JobStatus.STARTED));
    }
  }

  @Test
  void a_completed_job_shows_its_picture_its_true_model_and_every_step() {
    var id = gateway.submit("a picture");
    worker.complete(id);
    var job = gateway.get("/api/generate/" + id);
    assertThat(job.text("/status")).isEqualTo("completed");
    assertThat(job.text("/imageUrl")).isEqualTo("/generated/" + id + ".webp");
    assertThat(job.text("/metadata/model")).isEqualTo("stability-ai/sdxl");
    assertThat(job.text("/metadata/generatedAt")).matches(MILLISECONDS);
    assertThat(job.json().get("logs").valueStream().map(step -> step.get("step").asString()))
        .containsExactly("request_received", "calling_nebius_api", "image_generated");
    assertThat(job.json().has("error")).isFalse();
  }

  @Test
  void each_attempt_is_shown_with_what_came_of_it() {
    var id = gateway.submit("attempts");
    worker.claim(id, Duration.ofMillis(1));
    var again =
        await()
            .until(
                () -> gateway.get("/api/generate/" + id),
                job -> job.body().contains("attempt_outcome_unknown"));
    var attempt = again.json().at("/attempts/0");
    assertThat(attempt.propertyNames())
        .containsExactly(
            "attempt", "worker", "provider", "startedAt", "endedAt", "outcome", "reason");
    assertThat(attempt.get("attempt").intValue()).isEqualTo(1);
    assertThat(attempt.get("worker").asString()).startsWith("testing-worker-");
    assertThat(attempt.get("startedAt").asString()).matches(MILLISECONDS);
    assertThat(attempt.get("endedAt").asString()).matches(MILLISECONDS);
    assertThat(attempt.get("outcome").asString()).isEqualTo("unknown");
    assertThat(attempt.get("reason").asString()).contains("lease lapsed");

    worker.complete(id);
    var attempts = gateway.get("/api/generate/" + id).json().get("attempts");
    assertThat(attempts.valueStream().map(made -> made.get("outcome").asString()))
        .containsExactly("unknown", "succeeded");
    assertThat(attempts.get(1).has("reason")).isFalse();
  }

  @Test
  void an_attempt_under_way_has_no_end() {
    var id = gateway.submit("under way");
    worker.claim(id);
    assertThat(gateway.get("/api/generate/" + id).json().at("/attempts/0").propertyNames())
        .containsExactly("attempt", "worker", "provider", "startedAt");
  }

  @Test
  void a_failed_job_is_shown_with_200_and_its_error() {
    var id = gateway.submit("no picture");
    worker.fail(id, "rejected");
    var job = gateway.get("/api/generate/" + id);
    assertThat(job.status()).isEqualTo(200);
    assertThat(job.json().get("success").booleanValue()).isFalse();
    assertThat(job.text("/status")).isEqualTo("failed");
    assertThat(job.text("/error/code")).isEqualTo("rejected");
    assertThat(job.text("/error/message")).isEqualTo("The provider said no.");
    assertThat(job.json().has("imageUrl")).isFalse();
    assertThat(job.json().get("metadata").has("generatedAt")).isFalse();
  }

  @Test
  void a_job_of_a_silent_worker_is_rescued_and_published_again() {
    var id = gateway.submit("silent");
    await().untilAsserted(() -> assertThat(enqueued(id)).isTrue());
    try (var jobs = new TestingConsumer(TestServers.kafka(), Topics.JOBS)) {
      worker.claim(id, Duration.ofMillis(1));
      jobs.awaitKey(id);
    }
    assertThat(gateway.get("/api/generate/" + id).body())
        .contains("attempt_outcome_unknown")
        .contains("retry_scheduled");
  }

  private boolean enqueued(String id) {
    return database
        .sql("select enqueued_at is not null from generation_queue where request_id = :id")
        .param("id", UUID.fromString(id))
        .query(Boolean.class)
        .single();
  }
}
