package dev.darkroom.gateway;

import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answer;
import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answerWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpHeaders;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks from the submission to the endpoint, with two gateways at one ledger. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String REDELIVER =
      "POST /api/generate/{requestId}/deliveries/{deliveryId}/redeliver";

  private final TestDatabase database = TestServers.freshDatabase();
  private final RunningGateway gateway = start();
  private final RunningGateway other = start();
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final ApiDescription api = ApiDescription.of(gateway);

  private TestingEndpoint endpoint;

  /** Of its own for each test, and so are the endpoints. */
  private TestingReceiver user;

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
    endpoint = TestingEndpoint.http();
    user = new TestingReceiver(gateway, "user-" + UUID.randomUUID(), endpoint);
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
    var secret = gateway.get("/api/webhooks/secret?userId=" + user.name());
    assertThat(secret.text("/secret")).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThat(api.complaints("GET /api/webhooks/secret", secret)).isEmpty();

    var job = user.submit(endpoint.url("/hooks?token=x"));
    worker.complete(job);

    var received = user.awaitReceived(1).getFirst();
    new Webhook(secret.text("/secret"))
        .verify(received.body(), HttpHeaders.of(received.headers(), (_, _) -> true));
    assertThat(received.path()).isEqualTo("/hooks?token=x");
    var body = JSON.readTree(received.body());
    assertThat(body.at("/type").asString()).isEqualTo("darkroom.generation.completed");
    assertThat(body.at("/data/requestId").asString()).isEqualTo(job);
    assertThat(body.at("/data/userId").asString()).isEqualTo(user.name());
    assertThat(body.at("/data/imageUrl").asString())
        .isEqualTo("https://pictures.example.com/generated/" + job + ".webp");

    var shown = user.awaitState(job, "delivered");
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
            .formatted(user.name(), endpoint.url("/hooks"));
    var group = gateway.post(body);
    var first = group.text("/jobs/0/requestId");
    var second = group.text("/jobs/1/requestId");
    worker.complete(first);
    worker.fail(second, "bad_reply");

    var told = user.awaitReceived(3);
    assertThat(told.stream().map(one -> JSON.readTree(one.body()).at("/type").asString()))
        .containsExactlyInAnyOrder(
            "darkroom.generation.completed", "darkroom.generation.failed", "darkroom.group.failed");
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
  void who_wants_to_hear_of_everything_does() {
    var job =
        gateway
            .post(
                JSON.writeValueAsString(
                    Map.of(
                        "prompt",
                        "told",
                        "userId",
                        user.name(),
                        "webhookUrl",
                        endpoint.url("/"),
                        "webhookEvents",
                        List.of("completed", "started", "processing", "failed"))))
            .text("/requestId");
    worker.fail(job, "rejected");

    assertThat(user.awaitReceived(3))
        .extracting(each -> JSON.readTree(each.body()).at("/data/status").asString())
        .containsExactlyInAnyOrder("started", "processing", "failed");
  }

  @Test
  void each_event_is_sent_once_by_however_many_gateways() {
    var jobs = IntStream.range(0, 40).mapToObj(_ -> user.submit(endpoint.url("/hooks"))).toList();
    jobs.forEach(worker::complete);

    var received = user.awaitReceived(40);
    jobs.forEach(job -> user.awaitState(job, "delivered"));

    assertThat(endpoint.received()).hasSize(40);
    assertThat(received).extracting(each -> each.header("webhook-id")).doesNotHaveDuplicates();
    var told = new HashSet<String>();
    received.forEach(each -> told.add(JSON.readTree(each.body()).at("/data/requestId").asString()));
    assertThat(told).containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Test
  void a_slow_endpoint_delays_nobody_else() throws IOException {
    endpoint.answers(endpoint.never());
    var held = IntStream.range(0, 10).mapToObj(_ -> user.submit(endpoint.url("/"))).toList();
    held.forEach(worker::complete);
    user.awaitReceived(4);
    try (var quick = TestingEndpoint.http()) {
      var job = user.submit(quick.url("/"));
      worker.complete(job);

      user.awaitState(job, "delivered");

      assertThat(endpoint.received()).as("no more than four at a time").hasSize(4);
    }
  }

  @Test
  void an_endpoint_that_is_down_for_hours_gets_its_event_when_it_is_back() {
    endpoint.answers(answerWith(503, "down for maintenance"));
    var job = user.submit(endpoint.url("/"));
    worker.complete(job);
    for (var hour = 1; hour <= 6; hour++) {
      var failed = user.awaitTries(job, hour);
      assertThat(failed.text("/deliveries/0/state")).isEqualTo("waiting");
      assertThat(failed.text("/deliveries/0/reply")).isEqualTo("down for maintenance");
      assertThat(failed.text("/deliveries/0/error")).isEqualTo("The endpoint answered 503.");
      assertThat(failed.text("/deliveries/0/nextTryAt")).isNotEmpty();
      assertThat(user.endpointState()).isEqualTo("failing");
      if (hour == 6) {
        endpoint.answers(answer(200));
      }
      user.timePasses(Duration.ofHours(1));
    }

    var delivered = user.awaitState(job, "delivered");

    assertThat(delivered.json().at("/deliveries/0/tries").intValue()).isEqualTo(7);
    assertThat(delivered.json().at("/deliveries/0").has("error")).isFalse();
    assertThat(delivered.json().at("/deliveries/0/log").findValues("status"))
        .extracting(JsonNode::intValue)
        .containsExactly(503, 503, 503, 503, 503, 503, 200);
    assertThat(api.complaints("GET /api/generate/{requestId}/deliveries", delivered)).isEmpty();
    assertThat(endpoint.received())
        .hasSize(7)
        .extracting(each -> each.header("webhook-id"))
        .containsOnly(delivered.text("/deliveries/0/id"));
    assertThat(user.endpointState()).isEqualTo("working");
  }

  @Test
  void an_endpoint_that_is_gone_is_disabled_and_gets_what_it_missed_when_it_is_enabled() {
    endpoint.answers(answer(410));
    var first = user.submit(endpoint.url("/hooks?job=1"));
    worker.complete(first);
    user.awaitState(first, "failed");

    var list = gateway.get("/api/webhooks?userId=" + user.name());
    assertThat(api.complaints("GET /api/webhooks", list)).isEmpty();
    assertThat(list.text("/endpoints/0/state")).isEqualTo("disabled");
    assertThat(list.text("/endpoints/0/url")).isEqualTo(endpoint.url("/hooks"));
    assertThat(list.text("/endpoints/0/reason")).isEqualTo("The endpoint answered 410 Gone.");
    var missed = user.submit(endpoint.url("/hooks?job=2"));
    worker.complete(missed);
    user.awaitState(missed, "skipped");
    assertThat(endpoint.received()).hasSize(1);
    var refused = user.redeliver(missed, user.deliveryOf(missed));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("/code")).isEqualTo("conflict");
    assertThat(api.complaints(REDELIVER, refused)).isEmpty();

    endpoint.answers(answer(200));
    var enabled =
        user.post(
            "/api/webhooks/enable",
            Map.of("userId", user.name(), "url", endpoint.url("/hooks?job=3")));
    assertThat(enabled.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/enable", enabled)).isEmpty();
    assertThat(enabled.text("/state")).isEqualTo("working");
    var again =
        user.post(
            "/api/webhooks/redeliver",
            Map.of(
                "userId",
                user.name(),
                "since",
                TestingReceiver.hoursFromNow(-1),
                "until",
                TestingReceiver.hoursFromNow(1),
                "status",
                "skipped"));

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body()).isEqualTo("{\"deliveries\":1,\"more\":false}");
    assertThat(api.complaints("POST /api/webhooks/redeliver", again)).isEmpty();
    user.awaitState(missed, "delivered");
    assertThat(gateway.get("/api/generate/" + first + "/deliveries").text("/deliveries/0/state"))
        .isEqualTo("failed");
  }

  @Test
  void a_wish_to_wait_is_heeded() {
    endpoint.answers(answer(429, "Retry-After", "3600"));
    var job = user.submit(endpoint.url("/"));
    worker.complete(job);
    var refused = user.awaitTries(job, 1);

    assertThat(Instant.parse(refused.text("/deliveries/0/nextTryAt")))
        .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_700));
    var next = user.submit(endpoint.url("/"));
    worker.complete(next);
    endpoint.answers(answer(200));
    user.timePasses(Duration.ofMinutes(30));
    await()
        .during(Duration.ofMillis(500))
        .atMost(TestingReceiver.SOON)
        .untilAsserted(() -> assertThat(endpoint.received()).hasSize(1));
    user.timePasses(Duration.ofMinutes(30));

    user.awaitState(job, "delivered");
    user.awaitState(next, "delivered");
  }

  @Test
  void a_redirect_is_not_followed_and_shows() throws IOException {
    try (var elsewhere = TestingEndpoint.http()) {
      endpoint.answers(answer(307, "Location", elsewhere.url("/")));
      var job = user.submit(endpoint.url("/"));
      worker.complete(job);

      assertThat(user.awaitTries(job, 1).text("/deliveries/0/error"))
          .isEqualTo("The endpoint answered 307. Redirects are not followed.");
      assertThat(elsewhere.received()).isEmpty();
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_shows_as_such(@TempDir Path folder) throws Exception {
    try (var untrusted = TestingEndpoint.https(TestingEndpoint.selfSigned(folder))) {
      var job = user.submit(untrusted.url("/"));
      worker.complete(job);

      var shown = user.awaitTries(job, 1);
      assertThat(shown.text("/deliveries/0/state")).isEqualTo("waiting");
      assertThat(shown.text("/deliveries/0/error")).startsWith("The certificate is not trusted: ");
      assertThat(api.complaints("GET /api/generate/{requestId}/deliveries", shown)).isEmpty();
      assertThat(untrusted.received()).isEmpty();
    }
  }

  @Test
  void a_delivery_is_sent_again_with_the_same_id_and_signed_with_both_secrets_of_a_rotation()
      throws Exception {
    var old = gateway.get("/api/webhooks/secret?userId=" + user.name()).text("/secret");
    var job = user.submit(endpoint.url("/"));
    worker.complete(job);
    user.awaitState(job, "delivered");
    var rotated = user.post("/api/webhooks/secret/rotate", Map.of("userId", user.name()));
    assertThat(rotated.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/secret/rotate", rotated)).isEmpty();
    assertThat(rotated.text("/secret"))
        .isNotEqualTo(old)
        .isEqualTo(gateway.get("/api/webhooks/secret?userId=" + user.name()).text("/secret"));

    var again = user.redeliver(job, user.deliveryOf(job));

    assertThat(again.status()).isEqualTo(202);
    assertThat(api.complaints(REDELIVER, again)).isEmpty();
    var received = user.awaitReceived(2);
    assertThat(received.getLast().header("webhook-id"))
        .isEqualTo(received.getFirst().header("webhook-id"));
    assertThat(received.getLast().body()).isEqualTo(received.getFirst().body());
    for (var secret : List.of(old, rotated.text("/secret"))) {
      new Webhook(secret)
          .verify(
              received.getLast().body(),
              HttpHeaders.of(received.getLast().headers(), (_, _) -> true));
    }
    assertThat(user.redeliver(job, UUID.randomUUID().toString()).status()).isEqualTo(404);
    assertThat(user.redeliver(job, "x").status()).isEqualTo(404);
  }

  @Test
  void a_test_event_is_sent_at_once_and_its_answer_shown() throws Exception {
    var secret = gateway.get("/api/webhooks/secret?userId=" + user.name()).text("/secret");
    endpoint.answers(answerWith(200, "thanks"));

    var reply =
        user.post(
            "/api/webhooks/test", Map.of("userId", user.name(), "url", endpoint.url("/hooks")));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(api.complaints("POST /api/webhooks/test", reply)).isEmpty();
    assertThat(reply.json().at("/delivered").booleanValue()).isTrue();
    assertThat(reply.text("/reply")).isEqualTo("thanks");
    var received = endpoint.received().getFirst();
    assertThat(JSON.readTree(received.body()).at("/type").asString()).isEqualTo("darkroom.test");
    new Webhook(secret).verify(received.body(), HttpHeaders.of(received.headers(), (_, _) -> true));
    endpoint.answers(answer(500));
    assertThat(
            user.post("/api/webhooks/test", Map.of("userId", user.name(), "url", endpoint.url("/")))
                .text("/error"))
        .isEqualTo("The endpoint answered 500.");
  }
}
