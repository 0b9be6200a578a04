package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a gateway tells Prometheus, as Prometheus reads it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class GatewayMetricsIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void every_family_of_ours_has_help_and_a_name_by_convention() {
    try (var gateway = start(TestServers.kafka())) {
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(page(gateway))
                  .containsPattern("darkroom_dependency_trouble\\{.*\"kafka\".*} 0.0"));
      var page = page(gateway);

      assertThat(page.lines().filter(line -> line.startsWith("# TYPE darkroom_")))
          .hasSizeGreaterThan(20)
          .allSatisfy(line -> {
            var type = line.split(" ", -1);
            assertThat(page).as("help").containsPattern("# HELP " + type[2] + " [A-Z1]");
            switch (type[3]) {
              case "counter" -> assertThat(type[2]).endsWith("_total");
              case "histogram" -> assertThat(type[2]).endsWith("_seconds");
              default -> assertThat(type[2]).doesNotContain("millis").doesNotContain("_ms");
            }
          });
      for (var dependency : List.of("database", "picture-store")) {
        assertThat(page)
            .containsPattern("darkroom_dependency_trouble\\{.*\"" + dependency + "\".*} 0.0");
      }
      for (var loop :
          List.of("sweep-outbox", "rescue-stalled-jobs", "follow-events", "watch-database")) {
        assertThat(page).containsPattern("darkroom_loop_age_seconds\\{.*\"" + loop + "\".*} [0-9]");
      }
      assertThat(page).containsPattern("darkroom_build_info\\{.*version=\"0");
      assertThat(gateway.send(gateway.managementRequest("/actuator/health/liveness")).body())
          .contains("\"loops\":{\"status\":\"UP\"}");
      assertThat(gateway.send(gateway.managementRequest("/actuator/info")).body())
          .contains("\"api-gateway\"", "\"commit\"");
    }
  }

  @Test
  void a_job_that_a_gateway_ends_at_its_deadline_is_counted() {
    try (var gateway = start(TestServers.kafka())) {
      var _ = gateway.submit("A gull");
      gateway
          .bean(JdbcClient.class)
          .sql("update public.generation_queue set deadline_at = now()")
          .update();

      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(value(page(gateway), "darkroom_jobs_ended_total\\{.*deadline_exceeded"))
                  .isEqualTo(1));
    }
  }

  @Test
  void trouble_with_Kafka_shows_and_its_loop_grows_old() {
    try (var gateway = start("127.0.0.1:1")) {
      await()
          .atMost(SOON)
          .untilAsserted(() -> {
            var page = page(gateway);
            assertThat(value(page, "darkroom_dependency_trouble\\{.*\"kafka\"")).isEqualTo(1);
            assertThat(value(page, "darkroom_dependency_trouble\\{.*\"database\"")).isZero();
            assertThat(value(page, "darkroom_loop_age_seconds\\{.*\"keep-topics\""))
                .isGreaterThan(3);
          });
    }
  }

  private static double value(String page, String sample) {
    var found = Pattern.compile("^" + sample + ".*} (.*)$", Pattern.MULTILINE).matcher(page);
    return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
  }

  private static String page(RunningGateway gateway) {
    return gateway.send(gateway.managementRequest("/actuator/prometheus")).body();
  }

  private static RunningGateway start(String kafka) {
    return RunningGateway.start(TestServers.freshDatabase(), kafka);
  }
}
