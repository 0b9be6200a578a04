package dev.darkroom.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Two workers in an ordinary consumer group, as on a broker without share groups. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ClassicIntakeIT {
  /** Its topic of jobs has several partitions, which other tests would mind. */
  @TempDir static Path kafka;

  @TempDir static Path pictures;

  @Test
  void two_workers_share_the_jobs_and_when_one_stops_the_other_has_them_all() throws Exception {
    var database = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .load()
        .migrate();
    try (var broker = EmbeddedKafkaBroker.start(kafka, 0, 0);
        var nebius = NebiusSimulator.start(SimulatorSettings.defaults());
        var staying = startWorker(database, broker, nebius)) {
      nebius.setLatency(Duration.ofMillis(50));
      var gateway = new TestingGateway(staying);
      var ids = new ArrayList<RequestId>();
      try (var leaving = startWorker(database, broker, nebius)) {
        assertThat(leaving.isRunning()).isTrue();
        await()
            .atMost(ofSeconds(60))
            .until(() -> {
              ids.addAll(submit(gateway, 8));
              awaitCompletion(gateway, ids);
              return workersOf(gateway, ids).size() == 2;
            });
      }

      var late = submit(gateway, 16);
      awaitCompletion(gateway, late);

      assertThat(workersOf(gateway, late)).hasSize(1);
      assertThat(nebius.bill().total()).as("each is called for once").isEqualTo(ids.size() + 16);
    }
  }

  private static List<RequestId> submit(TestingGateway gateway, int jobs) {
    return IntStream.range(0, jobs).mapToObj(_ -> gateway.submit("A magpie")).toList();
  }

  private static void awaitCompletion(TestingGateway gateway, List<RequestId> ids) {
    await()
        .atMost(ofSeconds(30))
        .untilAsserted(() -> {
          gateway.publishDue();
          assertThat(ids)
              .allSatisfy(
                  id -> assertThat(gateway.job(id).status()).isEqualTo(JobStatus.COMPLETED));
        });
  }

  private static List<String> workersOf(TestingGateway gateway, List<RequestId> ids) {
    return ids.stream()
        .map(id -> gateway.job(id).steps().getLast().details())
        .map(details -> String.valueOf(Map.copyOf(details).get("worker")))
        .distinct()
        .toList();
  }

  private static ConfigurableApplicationContext startWorker(
      TestDatabase database, EmbeddedKafkaBroker broker, NebiusSimulator nebius) {
    var settings =
        Stream.of(
            "DATABASE_URL=" + database.jdbcUrl(),
            "spring.datasource.username=" + database.username(),
            "spring.datasource.password=" + database.password(),
            "KAFKA_BOOTSTRAP_SERVERS=" + broker.bootstrapServers(),
            "NEBIUS_API_ENDPOINT=" + nebius.baseUri(),
            "NEBIUS_API_KEY=a-key",
            "darkroom.picture.dir=" + pictures,
            "darkroom.intake.mode=classic",
            "darkroom.kafka.job-partitions=4");
    return WorkerApplication.application().run(settings.map("--"::concat).toArray(String[]::new));
  }
}
