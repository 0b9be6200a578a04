package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy serves the gateway below a path of its host. Every link leads there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ForwardedPrefixIT {
  private static final String PREFIX = "/dark/room";
  private static final String[] BELOW = {"X-Forwarded-Prefix", PREFIX};

  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.web.trusted-proxies=127.0.0.0/8,::1",
            "--darkroom.web.hosts=pictures.example.com,localhost");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void a_submission_and_its_job_link_below_the_prefix() {
    var submitted = gateway.post("{\"prompt\":\"a kite\"}", BELOW);
    var id = submitted.text("/requestId");
    var self = PREFIX + "/api/generate/" + id;

    assertThat(submitted.header("Location")).isEqualTo(self);
    assertThat(submitted.text("/links/self")).isEqualTo(self);
    assertThat(submitted.text("/links/events")).isEqualTo(self + "/events");
    assertThat(submitted.text("/links/cancel")).isEqualTo(self);

    complete(id);
    var picture = PREFIX + "/generated/" + id + ".webp";
    var job = gateway.get("/api/generate/" + id, BELOW);
    assertThat(job.text("/imageUrl")).isEqualTo(picture);
    assertThat(job.text("/links/picture")).isEqualTo(picture);
    var links = gateway.get("/api/generate/" + id + "/link", BELOW);
    assertThat(links.text("/imageUrl")).isEqualTo(picture);
    assertThat(links.text("/events")).isEqualTo(self + "/events");
    assertThat(links.json().has("expiresAt")).isFalse();
    var listed = gateway.get("/api/generate?userId=anonymous&limit=1", BELOW);
    assertThat(listed.text("/jobs/0/imageUrl")).isEqualTo(picture);
    assertThat(listed.text("/jobs/0/links/self")).isEqualTo(self);

    assertThat(gateway.get("/api/generate/" + id).text("/imageUrl"))
        .isEqualTo("/generated/" + id + ".webp");
  }

  @Test
  void a_problem_names_its_request_and_an_operation_its_place_below_the_prefix() {
    var missing = gateway.get("/api/generate/nope", BELOW);
    assertThat(missing.text("/instance")).isEqualTo(PREFIX + "/api/generate/nope");
    assertThat(gateway.get("/nowhere", BELOW).text("/instance")).isEqualTo(PREFIX + "/nowhere");
    assertThat(gateway.get("/nowhere").text("/instance")).isEqualTo("/nowhere");
    var erased =
        gateway.send(
            gateway
                .request("/api/operations/erase")
                .headers(BELOW)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"userId\":\"nobody\",\"reason\":\"A test.\"}")));
    assertThat(erased.header("Location"))
        .isEqualTo(PREFIX + "/api/operations/erase/" + erased.text("/erasure/id"));
  }

  @Test
  void a_failed_and_a_cancelled_job_are_below_it_too() {
    var id = gateway.submit("a kite");
    var cancelled = gateway.send(gateway.request("/api/generate/" + id).headers(BELOW).DELETE());
    assertThat(cancelled.text("/links/self")).isEqualTo(PREFIX + "/api/generate/" + id);
  }

  @Test
  void steps_in_pages_exports_and_streams_link_below_the_prefix() {
    var id = gateway.submit("a kite");
    complete(id);
    var picture = PREFIX + "/generated/" + id + ".webp";

    assertThat(gateway.get("/api/logs?requestId=" + id, BELOW).text("/logs/0/image_url"))
        .isEqualTo(picture);
    assertThat(
            gateway
                .get("/api/logs?requestId=" + id, BELOW)
                .text("/groupedLogs/" + id + "/0/image_url"))
        .isEqualTo(picture);
    for (var format : List.of("csv", "ndjson")) {
      var export = gateway.get("/api/logs/export?format=" + format + "&requestId=" + id, BELOW);
      assertThat(export.body()).contains(picture);
    }
    try (var stream = TestingListener.to(gateway, "/api/generate/" + id + "/events", BELOW)) {
      assertThat(stream.awaitEnd().getLast().json().get("image_url").asString()).isEqualTo(picture);
    }
    assertThat(gateway.get("/api/events/history?limit=1000", BELOW).body()).contains(picture);
  }

  @Test
  void streams_link_below_their_own_prefix_each() {
    var id = gateway.submit("a kite");
    var path = "/api/generate/" + id + "/events";
    try (var one = TestingListener.to(gateway, path, BELOW);
        var other = TestingListener.to(gateway, path)) {
      one.awaitEvents(1);
      other.awaitEvents(1);
      complete(id);
      assertThat(one.awaitEnd().getLast().data()).contains("\"" + PREFIX + "/generated/");
      assertThat(other.awaitEnd().getLast().data()).contains("\"/generated/");
    }
  }

  @Test
  void the_api_description_names_the_prefix_as_its_server() {
    assertThat(gateway.get("/v3/api-docs", BELOW).text("/servers/0/url")).isEqualTo(PREFIX);
    assertThat(gateway.get("/v3/api-docs").text("/servers/0/url")).isEqualTo("/");
    assertThat(gateway.get("/v3/api-docs.yaml", BELOW).body()).contains("- url: " + PREFIX + "\n");
    assertThat(gateway.get("/swagger-ui.html", BELOW).header("Location"))
        .isEqualTo(PREFIX + "/swagger-ui/index.html");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/generate",
        "/logs",
        "/operations",
        "/requests/any",
        "/swagger-ui/index.html"
      })
  void pages_name_nothing_by_a_path_from_the_host(String page) {
    assertThat(gateway.get(page, BELOW).body())
        .doesNotContainPattern("(?:href|src|action)=\"/")
        .containsPattern("href=\"(?:\\.\\./)?favicon\\.svg\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "/a/b/c"})
  void the_page_about_a_missing_page_is_whole_however_deep_it_is(String path) {
    var page = gateway.send(gateway.request(path).headers(BELOW).header("Accept", "text/html"));
    assertThat(page.status()).isEqualTo(404);
    assertThat(page.body())
        .contains("href=\"" + PREFIX + "/style/darkroom.css\"")
        .doesNotContain("{{")
        .doesNotContainPattern("(?:href|src)=\"(?!" + PREFIX + "/|#)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//evil.example", "https://evil.example", "/a/..", "/\"><script>"})
  void a_hostile_prefix_is_no_prefix(String prefix) {
    var submitted = gateway.post("{\"prompt\":\"a kite\"}", "X-Forwarded-Prefix", prefix);
    assertThat(submitted.header("Location"))
        .isEqualTo("/api/generate/" + submitted.text("/requestId"));
  }

  @Test
  void nobody_but_a_trusted_proxy_moves_links() {
    var submitted = RunningGateway.shared().post("{\"prompt\":\"a kite\"}", BELOW);
    assertThat(submitted.header("Location"))
        .isEqualTo("/api/generate/" + submitted.text("/requestId"));
  }

  @Test
  void the_host_that_the_proxy_was_asked_for_counts() {
    assertThat(status("X-Forwarded-Host", "pictures.example.com")).isEqualTo(200);
    assertThat(status("X-Forwarded-Host", "evil.example")).isEqualTo(421);
    var origin = "https://pictures.example.com:8443";
    var forwarded =
        new String[] {
          "X-Forwarded-Host", "pictures.example.com:8443", "X-Forwarded-Proto", "https"
        };
    assertThat(reply(forwarded, "Origin", origin).status()).isEqualTo(200);
    assertThat(reply(forwarded, "Origin", "https://pictures.example.com").status()).isEqualTo(403);
  }

  private static int status(String... headers) {
    return gateway.get("/api/logs", headers).status();
  }

  private static Reply reply(String[] headers, String name, String value) {
    return gateway.send(gateway.request("/api/logs").headers(headers).header(name, value));
  }

  private static void complete(String id) {
    TestingWorker.of(gateway).complete(id);
  }
}
