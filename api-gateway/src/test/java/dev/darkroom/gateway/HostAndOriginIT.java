package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By which names, and from which pages, the gateway can be used. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HostAndOriginIT {
  private static final String LISTED = "https://app.example.com";

  private static RunningGateway listing;

  /** Lists neither. */
  private final RunningGateway open = RunningGateway.shared();

  @BeforeAll
  static void start() {
    listing =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--server.forward-headers-strategy=native", // has no effect
            "--darkroom.web.trusted-proxies=10.0.0.1",
            "--darkroom.web.hosts=localhost,*.localhost,127.0.0.1,[::1],pictures.example.com:8443,box.example:443",
            "--darkroom.web.origins=" + LISTED + ",http://localhost:3000");
  }

  @AfterAll
  static void stop() {
    listing.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8080",
        "LOCALHOST",
        "localhost.",
        "a.localhost:1",
        "127.0.0.1",
        "[::1]:8080",
        "pictures.example.com:8443",
        "box.example"
      })
  void a_listed_name_is_answered(String host) throws IOException {
    assertThat(RawHttp.send(listing.port(), "GET / HTTP/1.1", "Host: " + host).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.nip.io",
        "[::2]",
        "pictures.example.com"
      })
  void another_name_is_misdirected_wherever_it_leads(String host) throws IOException {
    for (var path :
        List.of(
            "/",
            "/logs",
            "/api/logs",
            "/api/events?userId=x",
            "/generated/00000000-0000-0000-0000-000000000000.webp",
            "/v3/api-docs",
            "/swagger-ui/index.html",
            "/favicon.svg",
            "/nope")) {
      var reply = RawHttp.send(listing.port(), "GET " + path + " HTTP/1.1", "Host: " + host);
      assertThat(reply.status()).as(path).isEqualTo(421);
      assertThat(reply.text()).contains("\"code\":\"misdirected_request\"").doesNotContain("<html");
      assertThat(reply.headers("X-Request-Id")).hasSize(1);
    }
    var post =
        RawHttp.send(
            listing.port(),
            "POST /api/generate HTTP/1.1",
            "Host: " + host,
            "Content-Type: application/json",
            "Content-Length: 0");
    assertThat(post.status()).isEqualTo(421);
    assertThat(RawHttp.send(open.port(), "GET / HTTP/1.1", "Host: " + host).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.0",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost:",
        "GET / HTTP/1.1\r\nHost: a b",
        "GET / HTTP/1.1\r\nHost: localhost:x",
        "GET / HTTP/1.1\r\nHost: localhost@evil.example",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
        "GET http://evil.example/ HTTP/1.1\r\nHost: localhost"
      })
  void no_name_several_and_what_is_no_name_are_bad_requests(String head) throws IOException {
    var reply = RawHttp.send(listing.port(), head);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(reply.text()).contains("\"success\":false");
    assertThat(reply.headers("X-Request-Id")).hasSize(1);
  }

  /** A page of evil.example can send it with what it sends to its own origin. */
  @Test
  void a_forwarded_name_does_not_count() throws IOException {
    var reply =
        RawHttp.send(
            listing.port(),
            "GET /api/logs HTTP/1.1",
            "Host: evil.example",
            "X-Forwarded-Host: localhost",
            "Forwarded: host=localhost");
    assertThat(reply.status()).isEqualTo(421);
  }

  @Test
  void the_management_port_is_not_concerned() throws IOException {
    assertThat(
            RawHttp.send(
                    listing.managementPort(),
                    "GET /actuator/health/liveness HTTP/1.1",
                    "Host: evil.example")
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: no-cors, Sec-Fetch-Dest: image",
        "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: iframe",
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "Origin: https://app.example.com.evil.example",
        "Sec-Fetch-Site: same-site, Origin: http://localhost:1",
        "Sec-Fetch-Site: cross-site, Origin: https://evil.example"
      })
  void a_page_of_another_site_may_not_use_the_api(String headers) {
    for (var gateway : List.of(open, listing)) {
      var read = gateway.get("/api/logs", pairs(headers));
      assertThat(read.status()).isEqualTo(403);
      assertThat(read.text("/code")).isEqualTo("forbidden");
      BadInputIT.assertIsProblem(read);
      assertThat(allowing(read)).isEmpty();
      assertThat(gateway.get("/%61pi/logs", pairs(headers)).status()).isEqualTo(403);
      var write = gateway.post("{\"prompt\":\"a\"}", pairs(headers));
      assertThat(write.status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: same-origin, Origin: null",
        "Sec-Fetch-Site: cross-site, Sec-Fetch-Mode: navigate, Sec-Fetch-Dest: document"
      })
  void the_gateways_own_pages_links_and_addresses_typed_in_are_answered(String headers) {
    assertThat(open.get("/api/logs", pairs(headers)).status()).isEqualTo(200);
  }

  @Test
  void the_gateways_own_origin_may_use_the_api_where_no_browser_says_more() {
    var own = "http://localhost:" + open.port();
    assertThat(open.post("{\"prompt\":\"a\"}", "Origin", own).status()).isEqualTo(202);
    assertThat(allowing(open.post("{\"prompt\":\"a\"}", "Origin", own))).isEmpty();
  }

  @Test
  void encryption_may_end_at_a_proxy() throws IOException {
    var reply =
        RawHttp.send(
            open.port(),
            "GET /api/logs HTTP/1.1",
            "Host: box.example",
            "Origin: https://box.example");
    assertThat(reply.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/logs", "/favicon.svg"})
  void pages_can_be_linked_to_from_anywhere(String path) {
    var reply = open.get(path, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {LISTED, "http://localhost:3000"})
  void a_listed_origin_gets_what_its_client_needs(String origin) {
    var reply =
        listing.post("{\"prompt\":\"a\"}", "Origin", origin, "Sec-Fetch-Site", "cross-site");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo(origin);
    assertThat(reply.header("Access-Control-Expose-Headers").split(", "))
        .contains(
            "Location",
            "Preference-Applied",
            "Idempotent-Replayed",
            "Retry-After",
            "X-Request-Id",
            "ETag",
            "RateLimit",
            "RateLimit-Policy",
            "WWW-Authenticate",
            "Content-Disposition",
            "Content-Range",
            "Darkroom-Next");
    assertThat(reply.header("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(reply.header("Vary")).containsIgnoringCase("origin").containsIgnoringCase("prefer");
    assertThat(reply.header("Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE"})
  void a_listed_origin_may_ask_before_it_sends(String method) {
    var reply =
        preflight(
            listing,
            LISTED,
            method,
            "authorization,content-type,idempotency-key,prefer,last-event-id,if-none-match,traceparent");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo(LISTED);
    assertThat(reply.header("Access-Control-Allow-Methods")).contains(method);
    assertThat(reply.header("Access-Control-Allow-Headers").toLowerCase(Locale.ROOT))
        .contains("authorization", "content-type", "idempotency-key", "prefer", "last-event-id");
    assertThat(reply.header("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(reply.header("X-Request-Id")).isNotEmpty();
  }

  @Test
  void nobody_else_is_let_in_by_asking() {
    assertThat(allowing(preflight(listing, "https://evil.example", "POST", "content-type")))
        .isEmpty();
    assertThat(allowing(preflight(open, LISTED, "POST", "content-type"))).isEmpty();
    assertThat(preflight(listing, LISTED, "PUT", "content-type").status()).isEqualTo(403);
  }

  @Test
  void caches_keep_replies_of_origins_apart() {
    assertThat(listing.get("/api/logs").header("Vary")).containsIgnoringCase("origin");
    assertThat(listing.get("/favicon.svg").header("Vary")).containsIgnoringCase("origin");
  }

  private static Reply preflight(
      RunningGateway gateway, String origin, String method, String headers) {
    return gateway.send(
        gateway
            .request("/api/generate")
            .method("OPTIONS", BodyPublishers.noBody())
            .headers(
                "Origin",
                origin,
                "Access-Control-Request-Method",
                method,
                "Access-Control-Request-Headers",
                headers));
  }

  private static List<String> allowing(Reply reply) {
    return reply.response().headers().map().keySet().stream()
        .filter(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"))
        .toList();
  }

  private static String[] pairs(String headers) {
    return headers.split("(: |, )");
  }
}
