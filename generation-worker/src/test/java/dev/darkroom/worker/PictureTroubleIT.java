package dev.darkroom.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** While no picture can be kept none is asked for. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class PictureTroubleIT {
  private static final int JOBS = 50;

  @TempDir static Path folder;
  private static TestDatabase database;
  private static NebiusSimulator nebius;
  private static ConfigurableApplicationContext direct;
  private static TestingGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    database = TestServers.freshDatabase();
    direct = TestingContext.open(database);
    gateway = new TestingGateway(direct);
    nebius = NebiusSimulator.start(SimulatorSettings.defaults());
  }

  @AfterAll
  static void stop() throws IOException {
    direct.close();
    nebius.close();
  }

  @Test
  void while_the_folder_is_away_no_job_is_taken_and_its_return_is_noticed(CapturedOutput output)
      throws IOException {
    var pictures = Files.createDirectory(folder.resolve("pictures"));
    try (var worker = startWorker(pictures)) {
      awaitCompleted(List.of(gateway.submit("The first")));
      var elsewhere = Files.move(pictures, folder.resolve("elsewhere"));

      await().atMost(ofSeconds(20)).until(() -> paused(worker) == 1);
      var jobs = IntStream.range(0, JOBS).mapToObj(i -> gateway.submit("Gull " + i)).toList();
      await()
          .during(ofSeconds(5))
          .atMost(ofSeconds(10))
          .until(() -> jobs.stream().allMatch(job -> gateway.steps(job).size() == 1));
      assertThat(health(worker)).contains(pictures.toString(), "the picture folder is missing");

      Files.move(elsewhere, pictures);
      awaitCompleted(jobs);
      assertThat(paused(worker)).isZero();
      assertThat(jobs)
          .allSatisfy(job ->
              assertThat(gateway.steps(job))
                  .containsExactly("request_received", "calling_nebius_api", "image_generated"));
      assertThat(output.getOut().lines())
          .filteredOn(line -> line.contains("picture storage is not writable;"))
          .hasSize(1);
      assertThat(output.getOut().lines())
          .filteredOn(line -> line.contains("picture storage is writable again"))
          .hasSize(1);
    }
  }

  private static double paused(ConfigurableApplicationContext worker) {
    return worker
        .getBean(MeterRegistry.class)
        .get("darkroom.worker.paused")
        .tag("reason", "pictures")
        .gauge()
        .value();
  }

  private static String health(ConfigurableApplicationContext worker) throws IOException {
    var port = worker.getEnvironment().getProperty("local.server.port");
    var url = URI.create("http://127.0.0.1:" + port + "/actuator/health").toURL();
    var connection = (HttpURLConnection) url.openConnection();
    try (var body =
        connection.getResponseCode() == 200
            ? connection.getInputStream()
            : connection.getErrorStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void awaitCompleted(List<RequestId> jobs) {
    await()
        .atMost(ofSeconds(60))
        .pollInterval(java.time.Duration.ofMillis(100))
        .untilAsserted(() -> {
          gateway.publishDue();
          assertThat(jobs).allMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
        });
  }

  private static ConfigurableApplicationContext startWorker(Path pictures) {
    var settings =
        Stream.of(
            "DATABASE_URL=" + database.jdbcUrl(),
            "spring.datasource.username=" + database.username(),
            "spring.datasource.password=" + database.password(),
            "KAFKA_BOOTSTRAP_SERVERS=" + TestServers.kafka(),
            "NEBIUS_API_ENDPOINT=" + nebius.baseUri(),
            "NEBIUS_API_KEY=a-key",
            "darkroom.picture.dir=" + pictures);
    return WorkerApplication.application().run(settings.map("--"::concat).toArray(String[]::new));
  }
}
