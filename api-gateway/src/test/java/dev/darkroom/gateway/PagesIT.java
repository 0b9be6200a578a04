package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
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
    "/generate, text/html",
    "/logs, text/html",
    "/operations, text/html",
    "/keys, text/html",
    "/pages/generate.js, text/javascript",
    "/style/darkroom.css, text/css",
    "/styles/watercolor.svg, image/svg+xml",
    "/favicon.svg, image/svg+xml"
  })
  void pages_come_with_headers_that_allow_nothing_from_elsewhere(String path, String type) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith(type);
    assertThat(reply.header("Content-Security-Policy"))
        .startsWith("default-src 'self';")
        .doesNotContain("unsafe");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/generate", "/logs", "/operations", "/keys", "/requests/any"})
  void no_page_has_inline_script_or_style(String page) {
    assertThat(gateway.get(page).body())
        .doesNotContainPattern("<style[\\s>]")
        .doesNotContain("style=")
        .doesNotContainPattern(" on[a-z]+=")
        .doesNotContainPattern("<script(?![^>]* src=)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/requests/01a20447-e3de-71a7-b4d0-efaed399ad93", "/requests/none"})
  void a_request_that_is_not_there_is_not_found_though_its_page_comes(String path) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("Content-Type")).startsWith("text/html");
    assertThat(reply.body()).contains("There is no request with this id.");

    assertThat(gateway.get("/requests/" + gateway.submit("a kite")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/generate/nothing",
        "/error",
        "/components/none.js",
        "/generated/01a20447-e3de-71a7-b4d0-efaed399ad93.webp",
        "/generated/<b>",
      })
  void where_there_is_nothing_a_browser_gets_a_page_and_a_program_a_problem(String path) {
    var address = path.replace("<", "%3C").replace(">", "%3E");
    var page =
        gateway.send(
            gateway
                .request(address)
                .header(
                    "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    assertThat(page.status()).isEqualTo(404);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy")).startsWith("default-src 'self';");
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(page.body())
        .contains("<site-navigation>", "Page not found", "href=\"/generate\"")
        .doesNotContain("{{", "api-docs", "<b>", "style=");

    for (var accept : List.of("*/*", "application/json", "image/avif,image/webp,*/*;q=0.8")) {
      var problem = gateway.send(gateway.request(address).header("Accept", accept));
      assertThat(problem.status()).isEqualTo(404);
      BadInputIT.assertIsProblem(problem);
    }
  }

  @Test
  void the_api_answers_a_browser_as_anybody() {
    for (var path : List.of("/api/nothing", "/api/generate/none")) {
      var reply = gateway.send(gateway.request(path).header("Accept", "text/html"));
      assertThat(reply.status()).isEqualTo(404);
      BadInputIT.assertIsProblem(reply);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/generate", "/logs", "/operations", "/keys", "/requests/"})
  void the_first_view_of_a_page_is_whole_and_small(String path) {
    var page = path.equals("/requests/") ? path + gateway.submit("a first view") : path;
    var files = FirstView.of(gateway, page);
    assertThat(files.missing()).isEmpty();
    assertThat(files.compressedBytes()).isBetween(1_000L, 100_000L);
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
        .doesNotContainPattern("<style[\\s>]")
        .doesNotContain("style=")
        .doesNotContainPattern("<script(?![^>]* src=)");
  }

  /** Or each would be asked for only when the one that needs it is there. */
  @ParameterizedTest
  @CsvSource({
    "/logs, /pages/logs.js",
    "/generate, /pages/generate.js",
    "/operations, /pages/operations.js",
    "/keys, /pages/keys.js",
    "/requests/any, /pages/request.js"
  })
  void a_page_asks_for_all_of_its_modules_at_once(String page, String script) {
    var imported = new TreeSet<String>();
    followImports(script, imported);
    assertThat(
            found("\"modulepreload\" href=\"([^\"]+)\"", gateway.get(page).body()).stream()
                .map(named -> resolved(page, named)))
        .containsExactlyElementsOf(imported);
  }

  private static String resolved(String base, String named) {
    return URI.create(base).resolve(named).getPath();
  }

  private void followImports(String module, Set<String> seen) {
    for (var named : found("(?m)^import (?:.* from )?'([^']+)';$", gateway.get(module).body())) {
      assertThat(named).as("the gateway may be below a path").startsWith(".");
      var next = resolved(module, named);
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
  @CsvSource({"uPlot.iife.min.js, text/javascript", "uPlot.min.css, text/css"})
  void the_charts_library_is_found_whatever_its_version(String file, String type) {
    var reply = gateway.get("/webjars/uplot/dist/" + file);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).startsWith(type);
    assertThat(reply.header("Content-Security-Policy")).startsWith("default-src 'self';");
  }

  @Test
  void the_documentation_of_the_api_is_where_it_was() {
    var reply = gateway.get("/swagger-ui.html");
    assertThat(reply.status()).isEqualTo(302);
    assertThat(reply.header("Location")).isEqualTo("/swagger-ui/index.html");
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
  @ValueSource(
      strings = {"/", "/logs", "/index.html", "/components/log-table.js", "/swagger-ui/index.html"})
  void pages_are_not_on_the_management_port(String path) {
    assertThat(gateway.get(path).status()).isEqualTo(200);
    assertThat(gateway.send(gateway.managementRequest(path)).status()).isEqualTo(404);
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
