package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PagesIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @CsvSource({
    "/, text/html",
    "/darkroom.js, text/javascript",
    "/darkroom.css, text/css",
    "/favicon.svg, image/svg+xml"
  })
  void the_page_comes_with_headers_that_allow_nothing_from_elsewhere(String path, String type) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith(type);
    assertThat(reply.header("Content-Security-Policy"))
        .startsWith("default-src 'self';")
        .doesNotContain("unsafe");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
  }

  @Test
  void the_page_has_no_inline_script_or_style() {
    assertThat(gateway.get("/").body())
        .doesNotContain("<style")
        .doesNotContain("style=")
        .doesNotContainPattern("<script(?![^>]* src=)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logs", "/logs?status=failed&range=1h"})
  void the_logs_page_is_a_file_whose_scripts_read_the_address(String path) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith("text/html");
    assertThat(reply.header("Content-Security-Policy")).startsWith("default-src 'self';");
    assertThat(reply.body())
        .contains("<log-filters>", "<log-table>", "<log-charts>")
        .doesNotContain("<style")
        .doesNotContain("style=")
        .doesNotContainPattern("<script(?![^>]* src=)");
  }

  @Test
  void what_the_logs_page_loads_is_there() {
    var loaded =
        found("(?:href|src)=\"(/[^\"]+\\.(?:css|js|svg))\"", gateway.get("/logs").body());
    assertThat(loaded).contains("/pages/logs.js", "/components/log-table.css");
    assertThat(loaded).allSatisfy(path -> assertThat(gateway.get(path).status()).isEqualTo(200));
  }

  /** Or each would be asked for only when the one that needs it is there. */
  @Test
  void the_logs_page_asks_for_all_of_its_modules_at_once() {
    var imported = new TreeSet<String>();
    followImports("/pages/logs.js", imported);
    assertThat(found("\"modulepreload\" href=\"([^\"]+)\"", gateway.get("/logs").body()))
        .containsExactlyElementsOf(imported);
  }

  private void followImports(String module, Set<String> seen) {
    for (var next : found("(?m)^import (?:.* from )?'([^']+)';$", gateway.get(module).body())) {
      if (seen.add(next)) {
        followImports(next, seen);
      }
    }
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(one -> one.group(1)).toList();
  }

  /** Pages name the library without its version, which stands in the root pom.xml alone. */
  @ParameterizedTest
  @CsvSource({"uPlot.esm.js, text/javascript", "uPlot.min.css, text/css"})
  void the_charts_library_is_found_whatever_its_version(String file, String type) {
    var reply = gateway.get("/webjars/uplot/dist/" + file);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith(type);
    assertThat(reply.header("Content-Security-Policy")).startsWith("default-src 'self';");
  }

  @ParameterizedTest
  @CsvSource({"/generate, /#generate", "/logs, /#logs", "/swagger-ui.html, /swagger-ui/index.html"})
  void old_addresses_lead_to_the_page(String path, String target) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("Location")).isEqualTo(target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/prometheus",
        "/actuator/info"
      })
  void operations_are_on_the_management_port_only(String path) {
    assertThat(gateway.send(gateway.managementRequest(path)).status()).isEqualTo(200);
    assertThat(gateway.get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"env", "beans", "heapdump", "configprops", "shutdown", "loggers"})
  void nothing_else_is_shown_there(String endpoint) {
    assertThat(gateway.send(gateway.managementRequest("/actuator/" + endpoint)).status())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "darkroom_outbox_published_total",
        "darkroom_outbox_swept_total",
        "darkroom_outbox_failures_total",
        "darkroom_outbox_queue",
        "darkroom_progress_waiting",
        "darkroom_jobs_waiting",
        "darkroom_jobs_scheduled",
        "darkroom_jobs_running",
        "darkroom_jobs_oldest_waiting_seconds",
        "darkroom_rescue_jobs_total"
      })
  void what_operators_look_at_is_measured(String metric) {
    assertThat(gateway.send(gateway.managementRequest("/actuator/prometheus")).body())
        .containsPattern("(?m)^" + metric + "[ {]");
  }
}
