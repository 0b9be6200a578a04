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
import dev.darkroom.testservers.TestServers;
import dev.darkroom.worker.nebius.Providers;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Two whole workers that share a limit. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RateLimitIT {
  @TempDir static Path pictures;

  @Test
  void workers_keep_to_one_limit_and_what_is_beyond_it_waits_unclaimed() throws Exception {
    var database = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .load()
        .migrate();
    try (var nebius = NebiusSimulator.start(SimulatorSettings.defaults());
        var one = startWorker(database, nebius);
        var other = startWorker(database, nebius)) {
      var gateway = new TestingGateway(one);
      nebius.nextCall().meet(answer(429).withRetryAfter(ofSeconds(1)));

      var first = gateway.submit("A lynx");

      await()
          .atMost(ofSeconds(20))
          .untilAsserted(() -> {
            gateway.publishDue();
            assertThat(gateway.job(first).status()).isEqualTo(JobStatus.COMPLETED);
          });
      assertThat(gateway.steps(first)).contains("attempt_failed", "retry_scheduled");
      await()
          .atMost(ofSeconds(15))
          .untilAsserted(() ->
              assertThat(List.of(limit(one), limit(other)))
                  .as("a tenth less, for both, which then climbs slowly")
                  .allSatisfy(limit -> assertThat(limit).isBetween(18.0, 19.9)));

      var begun = System.nanoTime();
      var before = nebius.bill().calls().size();
      var more = IntStream.range(0, 30).mapToObj(_ -> gateway.submit("A stoat")).toList();
      gateway.publishDue();

      await().atMost(ofSeconds(30)).until(() -> nebius.bill().calls().size() >= before + 3);
      var seconds = (System.nanoTime() - begun) / 1e9;
      assertThat(nebius.bill().calls().size() - before)
          .as("one every three seconds, and at most one saved up by each worker")
          .isLessThanOrEqualTo((int) (seconds / 3) + 3);
      var waiting = more.stream().filter(id -> steps(gateway, id) == 1).toList();
      assertThat(waiting).as("unclaimed").hasSizeGreaterThan(20);
      await()
          .atMost(ofSeconds(10))
          .untilAsserted(() -> {
            assertThat(List.of(state(one), state(other)))
                .allSatisfy(
                    state -> assertThat(state).startsWith("paused by the rate limit until "));
            assertThat(paused(one, "quota") + paused(other, "quota")).isEqualTo(2);
          });
    }
  }

  private static int steps(TestingGateway gateway, RequestId id) {
    return gateway.steps(id).size();
  }

  private static String state(ConfigurableApplicationContext worker) {
    return worker.getBean(Providers.class).named("nebius").permits().state();
  }

  private static double limit(ConfigurableApplicationContext worker) {
    return worker.getBean(MeterRegistry.class).get("darkroom.nebius.limit").gauge().value();
  }

  private static double paused(ConfigurableApplicationContext worker, String reason) {
    return worker
        .getBean(MeterRegistry.class)
        .get("darkroom.worker.paused")
        .tag("reason", reason)
        .gauge()
        .value();
  }

  private static ConfigurableApplicationContext startWorker(
      TestDatabase database, NebiusSimulator nebius) {
    var settings =
        Stream.of(
            "DATABASE_URL=" + database.jdbcUrl(),
            "spring.datasource.username=" + database.username(),
            "spring.datasource.password=" + database.password(),
            "KAFKA_BOOTSTRAP_SERVERS=" + TestServers.kafka(),
            "NEBIUS_API_ENDPOINT=" + nebius.baseUri(),
            "NEBIUS_API_KEY=a-key",
            "darkroom.picture.dir=" + pictures,
            "darkroom.nebius.requests-per-minute=20");
    return WorkerApplication.application().run(settings.map("--"::concat).toArray(String[]::new));
  }
}
