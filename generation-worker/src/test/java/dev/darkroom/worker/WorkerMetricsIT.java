package dev.darkroom.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What a worker tells Prometheus, as Prometheus reads it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WorkerMetricsIT {
  @TempDir Path pictures;

  @Test
  void every_family_of_ours_has_help_and_a_name_by_convention() throws IOException {
    try (var nebius = NebiusSimulator.start(SimulatorSettings.defaults());
        var worker = startWorker(nebius)) {
      var gateway = new TestingGateway(worker);
      var job = gateway.submit("A gull");
      await().atMost(ofSeconds(30)).until(() -> gateway.job(job).status() == JobStatus.COMPLETED);
      await()
          .atMost(ofSeconds(30))
          .untilAsserted(() ->
              assertThat(read(worker, "/actuator/prometheus"))
                  .contains("darkroom_jobs_ended_total{", "outcome=\"completed\"} 1.0"));
      var page = read(worker, "/actuator/prometheus");

      assertThat(families(page))
          .hasSizeGreaterThan(10)
          .allSatisfy(family -> {
            assertThat(page).as("help").containsPattern("# HELP " + family + " [A-Z1]");
            assertThat(page).as("type").containsPattern("# TYPE " + family + " [a-z]");
          });
      assertThat(page.lines().filter(line -> line.matches("# TYPE darkroom_.* counter")))
          .allMatch(line -> line.contains("_total "));
      assertThat(page.lines().filter(line -> line.matches("# TYPE darkroom_.* histogram")))
          .allMatch(line -> line.contains("_seconds "));
      assertThat(page)
          .contains("darkroom_jobs_time_to_picture_seconds_bucket{")
          .contains("darkroom_jobs_time_in_queue_seconds_bucket{")
          .contains("le=\"900.0\"")
          .containsPattern("darkroom_build_info\\{.*version=\"0")
          .containsPattern("resilience4j_circuitbreaker_state\\{.*state=\"closed\".*} 1.0");
      for (var dependency : List.of("database", "kafka", "picture-store")) {
        assertThat(page)
            .containsPattern("darkroom_dependency_trouble\\{.*\"" + dependency + "\".*} 0.0");
      }
      for (var loop : List.of("keep-leases", "intake", "keep-topics", "watch-database")) {
        assertThat(page)
            .containsPattern("darkroom_loop_age_seconds\\{.*loop=\"" + loop + "\".*} [0-9]");
      }
      assertThat(read(worker, "/actuator/health/liveness"))
          .contains("\"loops\":{\"status\":\"UP\"}");
      assertThat(read(worker, "/actuator/info")).contains("\"generation-worker\"", "\"commit\"");
    }
  }

  private static List<String> families(String page) {
    return page.lines()
        .filter(line -> line.startsWith("# TYPE darkroom_"))
        .map(line -> line.split(" ", -1)[2])
        .toList();
  }

  private static String read(ConfigurableApplicationContext worker, String path)
      throws IOException {
    var port = worker.getEnvironment().getProperty("local.server.port");
    var url = URI.create("http://127.0.0.1:" + port + path).toURL();
    try (InputStream body = url.openStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private ConfigurableApplicationContext startWorker(NebiusSimulator nebius) {
    return WorkerFixture.start(WorkerFixture.database(), nebius.baseUri(), pictures);
  }
}
