package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PreferWaitIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final TestingWorker worker = TestingWorker.of(gateway);

  @Test
  void a_waiting_client_gets_the_picture() {
    var reply = submitAndWait("wait=30", worker::complete);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Preference-Applied")).isEqualTo("wait=30");
    assertThat(reply.text("/status")).isEqualTo("completed");
    assertThat(reply.text("/imageUrl")).endsWith(".webp");
  }

  @Test
  void a_lost_event_costs_time_but_no_correctness() {
    var reply = submitAndWait("wait=30", worker::completeSilently);
    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void a_job_that_is_still_running_is_202() {
    var reply = gateway.post("{\"prompt\":\"slow\"}", "Prefer", "wait=1");
    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.header("Preference-Applied")).isEqualTo("wait=1");
    assertThat(reply.header("Location")).isEqualTo("/api/generate/" + reply.text("/requestId"));
    assertThat(reply.header("Vary")).contains("Prefer");
  }

  @Test
  void a_wish_is_shortened_to_the_longest_wait() {
    try (var impatient =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.progress.longest-wait=1s")) {
      var reply = impatient.post("{\"prompt\":\"slow\"}", "Prefer", "wait=60");
      assertThat(reply.status()).isEqualTo(202);
      assertThat(reply.header("Preference-Applied")).isEqualTo("wait=1");
    }
  }

  @Test
  void clients_that_wait_hold_no_thread_of_the_server() {
    try (var small =
            RunningGateway.start(
                TestServers.freshDatabase(),
                TestServers.kafka(),
                "--server.tomcat.threads.max=2",
                "--server.tomcat.threads.min-spare=1");
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          IntStream.range(0, 10)
              .mapToObj(_ ->
                  clients.submit(() -> small.post("{\"prompt\":\"slow\"}", "Prefer", "wait=30")))
              .toList();
      await()
          .until(() ->
              small.bean(MeterRegistry.class).get("darkroom.progress.waiting").gauge().value()
                  == 10);

      var id = small.submit("at once");
      assertThat(small.get("/api/generate/" + id).status()).isEqualTo(200);
      assertThat(waiting).noneMatch(Future::isDone);
      waiting.forEach(client -> client.cancel(true));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rejected, 500, ''",
    "bad_reply, 500, ''",
    "content_refused, 422, ''",
    "asynchronous_answer, 500, ''",
    "a_code_of_a_later_version, 500, ''",
    "provider_unavailable, 503, 30",
    "rate_limited, 503, 30",
    "misconfigured, 503, 30",
    "deadline_exceeded, 503, 30"
  })
  void a_failed_job_is_a_problem_that_says_whether_to_try_again(
      String code, int status, String retryAfter) {
    var reply = submitAndWait("wait=60", id -> worker.fail(id, code));
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(reply.header("Retry-After")).isEqualTo(retryAfter);
    assertThat(reply.header("Preference-Applied")).isEqualTo("wait=60");
    assertThat(reply.text("/error")).isEqualTo("The provider said no.");
    assertThat(reply.text("/code")).isEqualTo(code);
    assertThat(UUID.fromString(reply.text("/requestId")).version()).isEqualTo(7);
    BadInputIT.assertIsProblem(reply);
  }

  /** Submits, does something to the job as soon as it is there, and waits for the reply. */
  private Reply submitAndWait(String preference, Consumer<String> work) {
    var prompt = "waited for " + UUID.randomUUID();
    var reply =
        CompletableFuture.supplyAsync(
            () -> gateway.post("{\"prompt\":\"%s\"}".formatted(prompt), "Prefer", preference));
    work.accept(await().until(() -> find(prompt), id -> !id.isEmpty()));
    return reply
        .orTimeout(Duration.ofSeconds(20).toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .join();
  }

  private String find(String prompt) {
    return gateway
        .bean(JdbcClient.class)
        .sql("select request_id::text from generation_jobs where request ->> 'prompt' = :prompt")
        .param("prompt", prompt)
        .query(String.class)
        .optional()
        .orElse("");
  }
}
