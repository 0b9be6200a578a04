package dev.darkroom.gateway;

import static dev.darkroom.gateway.TestingOwnerFilter.OPERATOR;
import static dev.darkroom.gateway.TestingOwnerFilter.OWNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.testservers.TestServers;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two owners, who use the same label, at every read and action. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnersIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String ACME = "acme";
  private static final String GLOBEX = "globex";

  private final RunningGateway gateway =
      RunningGateway.start(
          TestServers.freshDatabase(),
          TestServers.kafka(),
          "--testing.owners=true",
          "--darkroom.webhook.allow-private=true",
          "--darkroom.webhook.sweep=50ms");
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final TestingEndpoint endpoint = endpoint();

  /** Of each owner: a completed job with a picture and a delivery, an open one, and a group. */
  private final Map<String, OwnedJobs> jobs = Map.of(ACME, jobsOf(ACME), GLOBEX, jobsOf(GLOBEX));

  private record OwnedJobs(
      String completed, String open, String delivery, String picture, String group) {}

  private OwnedJobs of(String owner) {
    return Objects.requireNonNull(jobs.get(owner));
  }

  private static TestingEndpoint endpoint() {
    try {
      return TestingEndpoint.http();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  void both_see_their_own() {
    for (var owner : List.of(ACME, GLOBEX)) {
      assertThat(get(owner, "/api/generate/" + of(owner).completed()).status()).isEqualTo(200);
      assertThat(get(owner, of(owner).picture()).status()).isEqualTo(200);
    }
  }

  @AfterAll
  void close() {
    gateway.close();
    endpoint.close();
  }

  private OwnedJobs jobsOf(String owner) {
    var completed = submit(owner, Map.of("webhookUrl", endpoint.url("/hooks")));
    var picture = completeWithPicture(completed);
    await()
        .atMost(SOON)
        .until(() ->
            get(owner, "/api/generate/" + completed + "/deliveries")
                .text("/deliveries/0/state")
                .equals("delivered"));
    var delivery =
        get(owner, "/api/generate/" + completed + "/deliveries").text("/deliveries/0/id");
    var group = post(owner, "/api/generate", Map.of("prompt", "two", "userId", "ada", "count", 2));
    return new OwnedJobs(
        completed, submit(owner, Map.of()), delivery, picture, group.text("/groupId"));
  }

  private String completeWithPicture(String job) {
    var id = RequestId.parse(job).orElseThrow();
    try (var upload = gateway.bean(PictureStore.class).upload(id)) {
      ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", upload.body());
      var kept = ((Stored) upload.commit()).picture();
      worker.completeSilently(
          job,
          new PictureRecord(kept.url(), kept.sha256(), kept.format().contentType(), kept.bytes()));
      return kept.url();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String submit(String owner, Map<String, String> more) {
    var fields = new HashMap<>(more);
    fields.put("prompt", "a secret of " + owner);
    fields.put("userId", "ada");
    var reply = gateway.post(JSON.writeValueAsString(fields), OWNER, owner);
    assertThat(reply.status()).isEqualTo(202);
    return reply.text("/requestId");
  }

  private Reply get(String owner, String path, String... headers) {
    var request = gateway.request(path).header(OWNER, owner);
    return gateway.send(headers.length == 0 ? request : request.headers(headers));
  }

  private Reply ask(String owner, String method, String path) {
    return gateway.send(
        gateway.request(path).header(OWNER, owner).method(method, BodyPublishers.noBody()));
  }

  private Reply post(String owner, String path, Map<String, ?> body) {
    return gateway.send(
        gateway
            .request(path)
            .header(OWNER, owner)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/generate/{completed}",
    "GET, /api/generate/{open}",
    "HEAD, /api/generate/{open}",
    "DELETE, /api/generate/{open}",
    "DELETE, /api/generate/{completed}",
    "POST, /api/generate/{completed}/replay",
    "POST, /api/generate/{open}/replay",
    "GET, /api/generate/{open}/events",
    "GET, /api/generate/{completed}/events",
    "GET, /api/events?requestId={open}",
    "GET, /api/generate/{completed}/deliveries",
    "POST, /api/generate/{completed}/deliveries/{delivery}/redeliver",
    "GET, /generated/{completed}.png",
    "HEAD, /generated/{completed}.png",
    "GET, /api/groups/{group}",
    "DELETE, /api/groups/{group}",
    "POST, /api/groups/{group}/replay",
    "GET, /requests/{completed}",
    "GET, /requests/{open}",
  })
  void what_is_anothers_is_like_what_does_not_exist(String method, String path) {
    var another = of(GLOBEX);
    var nothing = new OwnedJobs(uuid(), uuid(), uuid(), "", uuid());

    var reply = ask(ACME, method, filled(path, another));
    var expected = ask(ACME, method, filled(path, nothing));

    assertThat(reply.status()).isEqualTo(404).isEqualTo(expected.status());
    assertThat(withoutIds(reply.body(), another)).isEqualTo(withoutIds(expected.body(), nothing));
    assertThat(reply.header("Content-Type")).isEqualTo(expected.header("Content-Type"));
    assertThat(reply.header("Cache-Control")).isEqualTo(expected.header("Cache-Control"));
    assertThat(reply.header("ETag")).isEqualTo(expected.header("ETag"));
    assertThat(ask(OPERATOR, "GET", "/api/generate/" + another.open()).text("/status"))
        .as("nothing was done to it")
        .isEqualTo("started");
  }

  private static String filled(String path, OwnedJobs with) {
    return path.replace("{completed}", with.completed())
        .replace("{open}", with.open())
        .replace("{delivery}", with.delivery())
        .replace("{group}", with.group());
  }

  /** A reply may name the id that was asked for, and its own. */
  private static String withoutIds(String body, OwnedJobs of) {
    return body.replace(of.completed(), "x")
        .replace(of.open(), "x")
        .replace(of.delivery(), "x")
        .replace(of.group(), "x")
        .replaceAll("\"requestId\":\"[0-9a-f-]{36}\"", "\"requestId\":\"x\"");
  }

  private static String uuid() {
    return UUID.randomUUID().toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/generate",
        "/api/generate?userId=ada",
        "/api/generate?status=completed",
        "/api/generate?status=started",
        "/api/logs",
        "/api/logs?userId=ada",
        "/api/logs?status=completed",
        "/api/logs?q=secret",
        "/api/logs/export?format=csv",
        "/api/logs/export?format=ndjson",
        "/api/events/history",
        "/api/usage",
        "/api/webhooks?userId=ada",
      })
  void lists_have_ones_own_and_nothing_of_others(String path) {
    var seen = get(ACME, path);
    assertThat(seen.status()).isEqualTo(200);
    var all = get(OPERATOR, path).body();

    assertThat(seen.body()).doesNotContain(GLOBEX, of(GLOBEX).completed(), of(GLOBEX).open());
    if (path.contains("/generate") || path.contains("/logs") || path.contains("/history")) {
      assertThat(all).contains(of(GLOBEX).completed().substring(0, 8));
      assertThat(seen.body()).containsAnyOf(of(ACME).completed(), of(ACME).open());
    }
  }

  @Test
  void the_steps_of_anothers_request_are_none() {
    var reply = get(ACME, "/api/logs?requestId=" + of(GLOBEX).completed());

    assertThat(reply.json().at("/count").intValue()).isZero();
    assertThat(reply.json().at("/logs")).isEmpty();
  }

  @Test
  void usage_is_that_of_ones_own_jobs() {
    var mine = get(ACME, "/api/usage?groupBy=user").json();
    var all = get(OPERATOR, "/api/usage?groupBy=user").json();

    assertThat(mine.at("/total/pictures").intValue()).isOne();
    assertThat(all.at("/total/pictures").intValue()).isEqualTo(2);
  }

  /** Counts are cached; one owner must not get those of another. */
  @Test
  void statistics_are_those_of_ones_own_jobs_also_from_the_cache() {
    for (var round = 0; round < 2; round++) {
      assertThat(completed(get(OPERATOR, "/api/stats").json())).isEqualTo(2);
      assertThat(completed(get(ACME, "/api/stats").json())).isOne();
      assertThat(completed(get(GLOBEX, "/api/stats").json())).isOne();
      assertThat(completed(get("nobody", "/api/stats").json())).isZero();
    }
    assertThat(get("nobody", "/api/stats").json().at("/now/waiting").intValue()).isZero();
    assertThat(get(ACME, "/api/stats").json().at("/now/waiting").intValue()).isPositive();
  }

  private static int completed(JsonNode stats) {
    return StreamSupport.stream(stats.at("/buckets").spliterator(), false)
        .mapToInt(bucket -> bucket.get("completed").intValue())
        .sum();
  }

  @Test
  void a_stream_of_a_label_has_the_steps_of_ones_own_jobs() {
    try (var mine = TestingListener.to(gateway, "/api/events?userId=ada", OWNER, ACME);
        var all = TestingListener.to(gateway, "/api/events?userId=ada", OWNER, OPERATOR)) {
      var theirs = submit(GLOBEX, Map.of());
      var ours = submit(ACME, Map.of());

      await().atMost(SOON).untilAsserted(() -> assertThat(requests(all)).contains(theirs, ours));
      await().atMost(SOON).untilAsserted(() -> assertThat(requests(mine)).contains(ours));
      assertThat(requests(mine)).doesNotContain(theirs);
    }
  }

  private static List<String> requests(TestingListener listener) {
    return listener.events().stream().map(TestingListener.Event::requestId).toList();
  }

  @Test
  void one_key_of_two_owners_is_two_jobs() {
    var key = uuid();
    var body = "{\"prompt\": \"a key\"}";

    var ours = gateway.post(body, OWNER, ACME, "Idempotency-Key", key).text("/requestId");
    var theirs = gateway.post(body, OWNER, GLOBEX, "Idempotency-Key", key).text("/requestId");

    assertThat(theirs).isNotEqualTo(ours);
    assertThat(gateway.post(body, OWNER, ACME, "Idempotency-Key", key).text("/requestId"))
        .isEqualTo(ours);
  }

  @Test
  void two_owners_with_one_label_have_endpoints_and_secrets_of_their_own() {
    var ours = get(ACME, "/api/webhooks/secret?userId=ada").text("/secret");
    var theirs = get(GLOBEX, "/api/webhooks/secret?userId=ada").text("/secret");

    assertThat(theirs).isNotEqualTo(ours);
    post(ACME, "/api/webhooks/secret/rotate", Map.of("userId", "ada"));
    assertThat(get(ACME, "/api/webhooks/secret?userId=ada").text("/secret")).isNotEqualTo(ours);
    assertThat(get(GLOBEX, "/api/webhooks/secret?userId=ada").text("/secret")).isEqualTo(theirs);
    assertThat(get("nobody", "/api/webhooks?userId=ada").json().at("/endpoints")).isEmpty();
    assertThat(
            post(
                    "nobody",
                    "/api/webhooks/enable",
                    Map.of("userId", "ada", "url", endpoint.url("/hooks")))
                .status())
        .isEqualTo(404);
    assertThat(
            post(
                    "nobody",
                    "/api/webhooks/redeliver",
                    Map.of(
                        "userId", "ada",
                        "since", "2020-01-01T00:00:00Z",
                        "until", "2100-01-01T00:00:00Z",
                        "status", "delivered"))
                .json()
                .at("/deliveries")
                .intValue())
        .isZero();
  }

  @Test
  void a_job_that_an_operator_repeats_stays_its_owners() {
    var original = of(ACME).completed();
    var replay = ask(OPERATOR, "POST", "/api/generate/" + original + "/replay");

    assertThat(replay.status()).isEqualTo(202);
    var path = "/api/generate/" + replay.text("/requestId");
    assertThat(get(ACME, path).text("/replayOf")).isEqualTo(original);
    assertThat(get(GLOBEX, path).status()).isEqualTo(404);
  }

  @Test
  void an_operation_changes_what_its_maker_sees_and_is_seen_by_its_maker() {
    var since = Instant.now().minusMillis(1).toString(); // ids tell milliseconds
    var ours = submit(ACME, Map.of());
    var theirs = submit(GLOBEX, Map.of());

    var begun =
        post(
            ACME,
            "/api/operations",
            Map.of("action", "cancel", "filter", Map.of("userId", "ada", "since", since)));
    assertThat(begun.status()).isEqualTo(202);

    var path = "/api/operations/" + begun.text("/id");
    await().atMost(SOON).until(() -> get(ACME, path).text("/status").equals("completed"));
    assertThat(get(ACME, "/api/generate/" + ours).text("/status")).isEqualTo("failed");
    assertThat(get(GLOBEX, "/api/generate/" + theirs).text("/status")).isEqualTo("started");
    assertThat(get(GLOBEX, path).status()).isEqualTo(404);
    var nothing = uuid();
    assertThat(get(GLOBEX, path).body().replace(begun.text("/id"), nothing))
        .isEqualTo(get(GLOBEX, "/api/operations/" + nothing).body());
    assertThat(ask(GLOBEX, "DELETE", path).status()).isEqualTo(404);
    assertThat(get(GLOBEX, "/api/operations").body()).doesNotContain(begun.text("/id"));
    assertThat(get(OPERATOR, path).status()).isEqualTo(200);
  }

  @Test
  void a_picture_of_an_owner_is_kept_by_no_cache_that_others_share() {
    var own = get(ACME, of(ACME).picture());

    assertThat(own.status()).isEqualTo(200);
    assertThat(own.header("Cache-Control")).isEqualTo("no-cache, private");
    assertThat(
            get(ACME, of(ACME).picture(), "If-None-Match", own.header("ETag"))
                .header("Cache-Control"))
        .isEqualTo("no-cache, private");
    assertThat(get(GLOBEX, of(ACME).picture(), "If-None-Match", "*").status()).isEqualTo(404);
  }

  @Test
  void no_row_lacks_its_owner() {
    var ledger = gateway.bean(JdbcClient.class);
    for (var table :
        List.of(
            "generation_jobs",
            "generation_queue",
            "generation_logs",
            "generation_webhook_endpoints",
            "generation_webhook_deliveries",
            "generation_webhook_secrets",
            "generation_idempotency_keys")) {
      assertThat(
              ledger
                  .sql("select count(*) from public.%s where owner = ''".formatted(table))
                  .query(Long.class)
                  .single())
          .as(table)
          .isZero();
    }
  }
}
