package dev.darkroom.worker;

import static dev.darkroom.simulator.Fault.answer;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.worker.nebius.Providers;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An outage and a refused key are waits: no job fails of them, and hardly a call is made. {@code
 * -Ddarkroom.outage.seconds=300 -Ddarkroom.outage.jobs=500} makes a long one of it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NebiusOutageIT {
  private static final int JOBS = Integer.getInteger("darkroom.outage.jobs", 200);
  private static final int SLOTS = 16;
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("darkroom.outage.seconds", 2));
  private static final Duration PROBE_AFTER =
      Duration.ofMillis(Math.min(10_000, OUTAGE.toMillis() / 8));

  @TempDir static Path pictures;
  private static TestDatabase database;
  private static NebiusSimulator nebius;

  @BeforeAll
  static void start() throws IOException {
    database = WorkerFixture.database();
    nebius = NebiusSimulator.start(SimulatorSettings.defaults().withApiKey("the-right-key"));
  }

  @AfterAll
  static void stop() throws IOException {
    nebius.close();
  }

  @Test
  void while_Nebius_is_down_jobs_wait_and_one_call_probes_at_a_time() {
    try (var worker = startWorker("the-right-key")) {
      var gateway = new TestingGateway(worker);
      nebius.everyCall().meet(answer(503).withDetail("down for maintenance"));
      var jobs = IntStream.range(0, JOBS).mapToObj(i -> gateway.submit("Tern " + i)).toList();
      var provider = worker.getBean(Providers.class).named("nebius");
      await().atMost(ofSeconds(20)).until(() -> provider.callsAllowed() <= 1);
      var opened = System.nanoTime();
      var before = nebius.bill().calls().size();

      await()
          .atMost(OUTAGE.multipliedBy(2))
          .pollInterval(Duration.ofMillis(100))
          .until(() -> {
            gateway.publishDue();
            return System.nanoTime() - opened > OUTAGE.toNanos();
          });
      var probes = nebius.bill().calls().size() - before;
      assertThat(provider.callState()).startsWith("nebius: ").contains("down for maintenance");
      nebius.clearFaults();
      awaitCompleted(gateway, jobs);

      assertThat(before).as("calls before it was noticed").isLessThanOrEqualTo(2 * SLOTS);
      assertThat(probes).as("probes").isBetween(1, (int) OUTAGE.dividedBy(PROBE_AFTER) + 1);
      assertThat(jobs.stream().flatMap(job -> gateway.steps(job).stream()))
          .doesNotContain("nebius_api_error", "attempts_exhausted", "deadline_exceeded");
      assertThat(jobs).allMatch(job -> attemptsThatCount(gateway, job) == 0);
      assertThat(nebius.bill().total()).isEqualTo(JOBS);
    }
  }

  @Test
  void with_a_wrong_key_jobs_wait_until_a_worker_has_the_right_one() throws IOException {
    List<RequestId> jobs;
    try (var worker = startWorker("a-wrong-key")) {
      var gateway = new TestingGateway(worker);
      jobs = IntStream.range(0, 20).mapToObj(i -> gateway.submit("Gull " + i)).toList();
      await()
          .atMost(ofSeconds(20))
          .until(() -> readiness(worker).contains("nebius: 401, the key was refused; open until "));

      assertThat(jobs).allMatch(job -> !gateway.job(job).status().isTerminal());
      assertThat(jobs.stream().map(job -> gateway.job(job).steps().toString()))
          .allMatch(steps -> !steps.contains("a-wrong-key"));
      assertThat(jobs).allMatch(job -> attemptsThatCount(gateway, job) == 0);
    }
    try (var worker = startWorker("the-right-key")) {
      awaitCompleted(new TestingGateway(worker), jobs);
    }
  }

  private static long attemptsThatCount(TestingGateway gateway, RequestId job) {
    return gateway.job(job).steps().stream()
        .map(step -> step.details())
        .filter(details -> details != null && Boolean.TRUE.equals(details.get("counts")))
        .count();
  }

  private static void awaitCompleted(TestingGateway gateway, List<RequestId> jobs) {
    await()
        .atMost(ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          gateway.publishDue();
          assertThat(gateway.countOpen(jobs)).isZero();
        });
    assertThat(jobs).allMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
  }

  private static String readiness(ConfigurableApplicationContext worker) throws IOException {
    var port = worker.getEnvironment().getProperty("local.server.port");
    var url = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness").toURL();
    var connection = (HttpURLConnection) url.openConnection();
    if (connection.getResponseCode() != 200) {
      return "not ready";
    }
    try (InputStream body = connection.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ConfigurableApplicationContext startWorker(String key) {
    return WorkerFixture.start(
        database,
        nebius.baseUri(),
        pictures,
        "NEBIUS_API_KEY=" + key,
        "darkroom.worker.concurrency=" + SLOTS,
        "darkroom.backoff.base=10ms",
        "darkroom.backoff.cap=500ms",
        "darkroom.nebius.breaker.probe-after=" + PROBE_AFTER.toMillis() + "ms");
  }
}
