package dev.darkroom.gateway;

import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answer;
import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answerWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.ReceivedWebhook;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks from the submission to the endpoint, with two gateways at one ledger. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String REDELIVER =
      "POST /api/generate/{requestId}/deliveries/{deliveryId}/redeliver";

  private final TestDatabase database = TestServers.freshDatabase();
  private final RunningGateway gateway = start();
  private final RunningGateway other = start();
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final JdbcClient ledger = gateway.bean(JdbcClient.class);
  private final ApiDescription api = ApiDescription.of(gateway);

  /** A user of its own for each test, and so endpoints of its own. */
  private String user = "";

  private TestingEndpoint endpoint;

  private RunningGateway start() {
    return RunningGateway.start(
        database,
        TestServers.kafka(),
        "--darkroom.webhook.allow-private=true",
        "--darkroom.webhook.sweep=50ms",
        "--darkroom.webhook.timeout=10s",
        "--darkroom.web.public-url=https://pictures.example.com/");
  }

  @BeforeEach
  void begin() throws IOException {
    user = "user-" + UUID.randomUUID();
    endpoint = TestingEndpoint.http();
  }

  @AfterEach
  void end() {
    endpoint.close();
  }

  @AfterAll
  void stop() {
    other.close();
    gateway.close();
  }

  @Test
  void the_end_of_a_job_is_told_and_signed() throws Exception {
    var secret = gateway.get("/api/webhooks/secret?userId=" + user);
    assertThat(secret.text("/secret")).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(api.complaints("GET /api/webhooks/secret", secret)).isEmpty();

    var job = submit(endpoint.url("/hooks?token=x"));
    worker.complete(job);

    var received = awaitReceived(1).getFirst();
    new Webhook(secret.text("/secret"))
        .verify(received.body(), HttpHeaders.of(received.headers(), (_, _) -> true));
    assertThat(received.path()).isEqualTo("/hooks?token=x");
    var body = JSON.readTree(received.body());
    assertThat(body.at("/type").asString()).isEqualTo("darkroom.generation.completed");
    assertThat(body.at("/data/requestId").asString()).isEqualTo(job);
    assertThat(body.at("/data/userId").asString()).isEqualTo(user);
    assertThat(body.at("/data/imageUrl").asString())
        .isEqualTo("https://pictures.example.com/generated/" + job + ".webp");

    var shown = awaitState(job, "delivered");
    assertThat(api.complaints("GET /api/generate/{requestId}/deliveries", shown)).isEmpty();
    assertThat(shown.header("X-Request-Id")).isEqualTo(job);
    assertThat(shown.text("/deliveries/0/id")).isEqualTo(received.header("webhook-id"));
    assertThat(shown.text("/deliveries/0/event")).isEqualTo("completed");
    assertThat(shown.json().at("/deliveries/0/status").intValue()).isEqualTo(204);
    assertThat(shown.json().at("/deliveries/0/tries").intValue()).isOne();
    assertThat(shown.json().at("/deliveries/0/payload")).isEqualTo(body);
  }

  /** Both gateways look for groups that have ended, every second. */
  @Test
  void the_end_of_a_group_is_told_once_besides_those_of_its_jobs() throws Exception {
    var body =
        "{\"prompt\":\"two\",\"count\":2,\"seed\":1,\"userId\":\"%s\",\"webhookUrl\":\"%s\"}"
            .formatted(user, endpoint.url("/hooks"));
    var group = gateway.post(body);
    var first = group.text("/jobs/0/requestId");
    var second = group.text("/jobs/1/requestId");
    worker.complete(first);
    worker.fail(second, "bad_reply");

    var told = awaitReceived(3);
    assertThat(told.stream().map(one -> JSON.readTree(one.body()).at("/type").asString()))
        .containsExactlyInAnyOrder(
            "darkroom.generation.completed",
            "darkroom.generation.failed",
            "darkroom.group.failed");
    var ended =
        told.stream()
            .filter(one -> group.text("/groupId").equals(one.header("webhook-id")))
            .findFirst()
            .orElseThrow();
    var data = JSON.readTree(ended.body()).at("/data");
    assertThat(data.at("/groupId").asString()).isEqualTo(group.text("/groupId"));
    assertThat(data.at("/completed").intValue()).isOne();
    assertThat(data.at("/jobs/0/imageUrl").asString())
        .isEqualTo("https://pictures.example.com/generated/" + first + ".webp");
    assertThat(data.at("/jobs/1/errorCode").asString()).isEqualTo("bad_reply");
    var shown = gateway.get("/api/generate/" + first + "/deliveries");
    assertThat(api.complaints("GET /api/generate/{requestId}/deliveries", shown)).isEmpty();
    assertThat(shown.json().at("/deliveries")).hasSize(2);
  }

  @Test
  void a_job_without_a_webhook_has_no_deliveries() {
    var job = gateway.submit("quiet");

    assertThat(gateway.get("/api/generate/" + job + "/deliveries").body())
        .isEqualTo("{\"deliveries\":[]}");
    assertThat(gateway.get("/api/generate/%s/deliveries".formatted(UUID.randomUUID())).status())
        .isEqualTo(404);
    assertThat(gateway.get("/api/generate/x/deliveries").status()).isEqualTo(404);
  }

  @Test
  void who_wants_to_hear_of_everything_does() {
    var job =
        gateway
            .post(
                JSON.writeValueAsString(
                    Map.of(
                        "prompt",
                        "told",
                        "userId",
                        user,
                        "webhookUrl",
                        endpoint.url("/"),
                        "webhookEvents",
                        List.of("completed", "started", "processing", "failed"))))
            .text("/requestId");
    worker.fail(job, "rejected");

    assertThat(awaitReceived(3))
        .extracting(each -> JSON.readTree(each.body()).at("/data/status").asString())
        .containsExactlyInAnyOrder("started", "processing", "failed");
  }

  @Test
  void each_event_is_sent_once_by_however_many_gateways() {
    var jobs = IntStream.range(0, 40).mapToObj(_ -> submit(endpoint.url("/hooks"))).toList();
    jobs.forEach(worker::complete);

    var received = awaitReceived(40);
    jobs.forEach(job -> awaitState(job, "delivered"));

    assertThat(endpoint.received()).hasSize(40);
    assertThat(received).extracting(each -> each.header("webhook-id")).doesNotHaveDuplicates();
    var told = new HashSet<String>();
    received.forEach(each -> told.add(JSON.readTree(each.body()).at("/data/requestId").asString()));
    assertThat(told).containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Test
  void a_slow_endpoint_delays_nobody_else() throws IOException {
    endpoint.answers(endpoint.never());
    var held = IntStream.range(0, 10).mapToObj(_ -> submit(endpoint.url("/"))).toList();
    held.forEach(worker::complete);
    awaitReceived(4);
    try (var quick = TestingEndpoint.http()) {
      var job = submit(quick.url("/"));
      worker.complete(job);

      awaitState(job, "delivered");

      assertThat(endpoint.received()).as("no more than four at a time").hasSize(4);
    }
  }

  @Test
  void an_endpoint_that_is_down_for_hours_gets_its_event_when_it_is_back() {
    endpoint.answers(answerWith(503, "down for maintenance"));
    var job = submit(endpoint.url("/"));
    worker.complete(job);
    for (var hour = 1; hour <= 6; hour++) {
      var failed = awaitTries(job, hour);
      assertThat(failed.text("/deliveries/0/state")).isEqualTo("waiting");
      assertThat(failed.text("/deliveries/0/reply")).isEqualTo("down for maintenance");
      assertThat(failed.text("/deliveries/0/error")).isEqualTo("The endpoint answered 503.");
      assertThat(failed.text("/deliveries/0/nextTryAt")).isNotEmpty();
      assertThat(endpointState()).isEqualTo("failing");
      if (hour == 6) {
        endpoint.answers(answer(200));
      }
      timePasses(Duration.ofHours(1));
    }

    var delivered = awaitState(job, "delivered");

    assertThat(delivered.json().at("/deliveries/0/tries").intValue()).isEqualTo(7);
    assertThat(delivered.json().at("/deliveries/0").has("error")).isFalse();
    assertThat(endpoint.received())
        .hasSize(7)
        .extracting(each -> each.header("webhook-id"))
        .containsOnly(delivered.text("/deliveries/0/id"));
    assertThat(endpointState()).isEqualTo("working");
  }

  @Test
  void an_endpoint_that_is_gone_is_disabled_and_gets_what_it_missed_when_it_is_enabled() {
    endpoint.answers(answer(410));
    var first = submit(endpoint.url("/hooks?job=1"));
    worker.complete(first);
    awaitState(first, "failed");

    var list = gateway.get("/api/webhooks?userId=" + user);
    assertThat(api.complaints("GET /api/webhooks", list)).isEmpty();
    assertThat(list.text("/endpoints/0/state")).isEqualTo("disabled");
    assertThat(list.text("/endpoints/0/url")).isEqualTo(endpoint.url("/hooks"));
    assertThat(list.text("/endpoints/0/reason")).isEqualTo("The endpoint answered 410 Gone.");
    var missed = submit(endpoint.url("/hooks?job=2"));
    worker.complete(missed);
    awaitState(missed, "skipped");
    assertThat(endpoint.received()).hasSize(1);
    var refused = redeliver(missed, deliveryOf(missed));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/code")).isEqualTo("conflict");
    assertThat(api.complaints(REDELIVER, refused)).isEmpty();

    endpoint.answers(answer(200));
    var enabled =
        post("/api/webhooks/enable", Map.of("userId", user, "url", endpoint.url("/hooks?job=3")));
    assertThat(enabled.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/enable", enabled)).isEmpty();
    assertThat(enabled.text("/state")).isEqualTo("working");
    var again =
        post(
            "/api/webhooks/redeliver",
            Map.of(
                "userId",
                user,
                "since",
                hoursFromNow(-1),
                "until",
                hoursFromNow(1),
                "status",
                "skipped"));

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body()).isEqualTo("{\"deliveries\":1,\"more\":false}");
    assertThat(api.complaints("POST /api/webhooks/redeliver", again)).isEmpty();
    awaitState(missed, "delivered");
    assertThat(gateway.get("/api/generate/" + first + "/deliveries").text("/deliveries/0/state"))
        .isEqualTo("failed");
  }

  @Test
  void a_wish_to_wait_is_heeded() {
    endpoint.answers(answer(429, "Retry-After", "3600"));
    var job = submit(endpoint.url("/"));
    worker.complete(job);
    var refused = awaitTries(job, 1);

    assertThat(Instant.parse(refused.text("/deliveries/0/nextTryAt")))
        .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_700));
    var next = submit(endpoint.url("/"));
    worker.complete(next);
    endpoint.answers(answer(200));
    timePasses(Duration.ofMinutes(30));
    await()
        .during(Duration.ofMillis(500))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(endpoint.received()).hasSize(1));
    timePasses(Duration.ofMinutes(30));

    awaitState(job, "delivered");
    awaitState(next, "delivered");
  }

  @Test
  void a_redirect_is_not_followed_and_shows() throws IOException {
    try (var elsewhere = TestingEndpoint.http()) {
      endpoint.answers(answer(307, "Location", elsewhere.url("/")));
      var job = submit(endpoint.url("/"));
      worker.complete(job);

      assertThat(awaitTries(job, 1).text("/deliveries/0/error"))
          .isEqualTo("The endpoint answered 307. Redirects are not followed.");
      assertThat(elsewhere.received()).isEmpty();
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_shows_as_such(@TempDir Path folder) throws Exception {
    try (var untrusted = TestingEndpoint.https(TestingEndpoint.selfSigned(folder))) {
      var job = submit(untrusted.url("/"));
      worker.complete(job);

      var shown = awaitTries(job, 1);
      assertThat(shown.text("/deliveries/0/state")).isEqualTo("waiting");
      assertThat(shown.text("/deliveries/0/error")).startsWith("The certificate is not trusted: ");
      assertThat(api.complaints("GET /api/generate/{requestId}/deliveries", shown)).isEmpty();
      assertThat(untrusted.received()).isEmpty();
    }
  }

  @Test
  void a_delivery_is_sent_again_with_the_same_id_and_signed_with_both_secrets_of_a_rotation()
      throws Exception {
    var old = gateway.get("/api/webhooks/secret?userId=" + user).text("/secret");
    var job = submit(endpoint.url("/"));
    worker.complete(job);
    awaitState(job, "delivered");
    var rotated = post("/api/webhooks/secret/rotate", Map.of("userId", user));
    assertThat(rotated.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/secret/rotate", rotated)).isEmpty();
    assertThat(rotated.text("/secret"))
        .isNotEqualTo(old)
        .isEqualTo(gateway.get("/api/webhooks/secret?userId=" + user).text("/secret"));

    var again = redeliver(job, deliveryOf(job));

    assertThat(again.status()).isEqualTo(202);
    assertThat(api.complaints(REDELIVER, again)).isEmpty();
    var received = awaitReceived(2);
    assertThat(received.getLast().header("webhook-id"))
        .isEqualTo(received.getFirst().header("webhook-id"));
    assertThat(received.getLast().body()).isEqualTo(received.getFirst().body());
    for (var secret : List.of(old, rotated.text("/secret"))) {
      new Webhook(secret)
          .verify(
              received.getLast().body(),
              HttpHeaders.of(received.getLast().headers(), (_, _) -> true));
    }
    assertThat(redeliver(job, UUID.randomUUID().toString()).status()).isEqualTo(404);
    assertThat(redeliver(job, "x").status()).isEqualTo(404);
  }

  @Test
  void a_test_event_is_sent_at_once_and_its_answer_shown() throws Exception {
    var secret = gateway.get("/api/webhooks/secret?userId=" + user).text("/secret");
    endpoint.answers(answerWith(200, "thanks"));

    var reply = post("/api/webhooks/test", Map.of("userId", user, "url", endpoint.url("/hooks")));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/test", reply)).isEmpty();
    assertThat(reply.json().at("/delivered").booleanValue()).isTrue();
    assertThat(reply.text("/reply")).isEqualTo("thanks");
    var received = endpoint.received().getFirst();
    assertThat(JSON.readTree(received.body()).at("/type").asString()).isEqualTo("darkroom.test");
    new Webhook(secret).verify(received.body(), HttpHeaders.of(received.headers(), (_, _) -> true));
    endpoint.answers(answer(500));
    assertThat(
            post("/api/webhooks/test", Map.of("userId", user, "url", endpoint.url("/")))
                .text("/error"))
        .isEqualTo("The endpoint answered 500.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/webhooks/enable | {} | url must be an http or https URL without credentials and fragment, such as https://example.com/hooks.",
        "/api/webhooks/enable | [] | body must be a JSON object.",
        "/api/webhooks/enable | {\"url\": | body must be a JSON object.",
        "/api/webhooks/test | {\"url\": 7} | url must be a string of at most 2048 characters, without U+0000 and halves of surrogate pairs.",
        "/api/webhooks/redeliver | {\"since\": \"2026-11-24T12:30:00Z\", \"until\": \"2026-11-24T12:30:00Z\"} | since must be before until.",
        "/api/webhooks/redeliver | {\"since\": \"2026-11-24T12:30:00Z\", \"until\": \"2026-11-25T12:30:00Z\", \"status\": \"waiting\"} | status must be one of failed, skipped, delivered.",
        "/api/webhooks/redeliver | {\"since\": \"yesterday\", \"until\": \"2026-11-25T12:30:00Z\"} | since must be an RFC 3339 date and time with an offset, such as 2026-11-24T12:30:00Z."
      })
  void a_bad_field_is_named_with_its_rule(String path, String body, String error) {
    var reply = post(path, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).isEqualTo(error);
    assertThat(api.complaints("POST " + path, reply)).isEmpty();
  }

  @Test
  void unknown_endpoints_and_long_names_are_said_so() {
    assertThat(
            post("/api/webhooks/enable", Map.of("userId", user, "url", "https://example.com/"))
                .status())
        .isEqualTo(404);
    assertThat(gateway.get("/api/webhooks?userId=" + "u".repeat(129)).status()).isEqualTo(400);
    assertThat(gateway.get("/api/webhooks?userId=" + user).body()).isEqualTo("{\"endpoints\":[]}");
  }

  /** Of a gateway as it is set up by default. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"http://example.com/\" | webhookUrl must be an https URL without credentials and fragment, such as https://example.com/hooks.",
        "\"https://localhost/hooks\" | webhookUrl must have a public host, such as https://example.com/hooks.",
        "\"https://10.0.0.1/hooks\" | webhookUrl must have a public host, such as https://example.com/hooks.",
        "7 | webhookUrl must be a string of at most 2048 characters; got 7."
      })
  void a_submission_takes_public_https_urls_only(String url, String error) {
    var reply = RunningGateway.shared().post("{\"prompt\":\"a\",\"webhookUrl\":%s}".formatted(url));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).isEqualTo(error);
  }

  private String submit(String url) {
    var reply =
        gateway.post(
            JSON.writeValueAsString(
                Map.of("prompt", "a lighthouse", "userId", user, "webhookUrl", url)));
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    return reply.text("/requestId");
  }

  private List<ReceivedWebhook> awaitReceived(int count) {
    return await()
        .atMost(SOON)
        .until(() -> endpoint.received(), received -> received.size() >= count);
  }

  private Reply awaitState(String job, String state) {
    return await()
        .atMost(SOON)
        .until(
            () -> gateway.get("/api/generate/" + job + "/deliveries"),
            shown -> shown.text("/deliveries/0/state").equals(state));
  }

  /** That many tries have failed. */
  private Reply awaitTries(String job, int tries) {
    return await()
        .atMost(SOON)
        .until(
            () -> gateway.get("/api/generate/" + job + "/deliveries"),
            shown ->
                shown.json().at("/deliveries/0/tries").asInt(0) >= tries
                    && shown.json().at("/deliveries/0").has("error"));
  }

  private String deliveryOf(String job) {
    return gateway.get("/api/generate/" + job + "/deliveries").text("/deliveries/0/id");
  }

  private String endpointState() {
    return gateway.get("/api/webhooks?userId=" + user).text("/endpoints/0/state");
  }

  private Reply redeliver(String job, String delivery) {
    return gateway.send(
        gateway
            .request("/api/generate/%s/deliveries/%s/redeliver".formatted(job, delivery))
            .POST(BodyPublishers.noBody()));
  }

  private Reply post(String path, Map<String, String> body) {
    return post(path, JSON.writeValueAsString(body));
  }

  private Reply post(String path, String body) {
    return gateway.send(
        gateway
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private static String hoursFromNow(int hours) {
    return Instant.now().plus(Duration.ofHours(hours)).toString();
  }

  /** As if everything about this user's webhooks had happened so much earlier. */
  private void timePasses(Duration time) {
    ledger
        .sql(
            """
            with passed as (select :time * interval '1 millisecond' as time),
            endpoint as (
              update public.generation_webhook_endpoints
              set failing_since = failing_since - time, wait_until = wait_until - time
              from passed where user_id = :user)
            update public.generation_webhook_deliveries
            set due_at = due_at - time, give_up_at = give_up_at - time
            from passed where user_id = :user and state = 'waiting'
            """)
        .param("time", time.toMillis())
        .param("user", user)
        .update();
  }
}
