package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What openapi.yaml says of requests and replies is true of real ones. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DocumentedApiIT {
  private static final String SUBMIT = "POST /api/generate";
  private static final String ASK = "GET /api/generate/{requestId}";
  private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";
  private static final String CURSOR_OF_ANOTHER_EPOCH = "MDEyMzQ1Njc4OWFiY2RlZjow";

  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\":\"a\"}",
        "{\"prompt\":\"a\",\"unknown\":{\"a\":[1]}}",
        "{\"prompt\":\"a\",\"negative_prompt\":null,\"style\":null,\"width\":null,\"seed\":null,\"loras\":null,\"userId\":null}",
        "{\"prompt\":\"a\",\"negative_prompt\":\"b\",\"diffusionStrength\":0,\"styleIntensity\":1,\"style\":\"sketch\",\"width\":64,\"height\":2048,\"seed\":-1,\"model\":\"other/model\",\"loras\":[{\"url\":\"https://example.com/l\"}],\"userId\":\"ada\",\"deadlineSeconds\":10}",
        "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com/hooks?a=1\",\"webhookEvents\":[\"started\",\"failed\"]}",
        "{\"prompt\":\"a\",\"webhookUrl\":null,\"webhookEvents\":null}"
      })
  void what_is_described_is_accepted(String body) {
    assertThat(api.complaintsAboutRequest(body)).isEmpty();
    var reply = gateway.post(body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    assertThat(api.complaints(SUBMIT, reply)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"prompt\":null}",
        "{\"prompt\":\"\"}",
        "{\"prompt\":\"a\",\"style\":7}",
        "{\"prompt\":\"a\",\"width\":63}",
        "{\"prompt\":\"a\",\"height\":2049}",
        "{\"prompt\":\"a\",\"diffusionStrength\":1.1}",
        "{\"prompt\":\"a\",\"styleIntensity\":-0.1}",
        "{\"prompt\":\"a\",\"seed\":-2}",
        "{\"prompt\":\"a\",\"loras\":[]}",
        "{\"prompt\":\"a\",\"loras\":[{\"scale\":1}]}",
        "{\"prompt\":\"a\",\"deadlineSeconds\":9}",
        "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[]}",
        "{\"prompt\":\"a\",\"webhookUrl\":\"https://example.com\",\"webhookEvents\":[\"ended\"]}"
      })
  void what_is_described_as_wrong_is_rejected(String body) {
    assertThat(api.complaintsAboutRequest(body)).isNotEmpty();
    var reply = gateway.post(body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(api.complaints(SUBMIT, reply)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /api/generate/{requestId}, /api/generate/" + UNKNOWN + ", 404",
    "GET /api/generate/{requestId}/events, /api/generate/" + UNKNOWN + "/events, 404",
    "GET /api/generate/{requestId}/events, /api/generate/" + UNKNOWN + "/events?lastEventId=x, 400",
    "GET /api/generate/{requestId}/link, /api/generate/" + UNKNOWN + "/link, 404",
    "GET /api/events, /api/events, 400",
    "GET /api/events, /api/events?requestId=" + UNKNOWN + ", 404",
    "GET /generated/{file}, /generated/x, 404",
    "GET /api/logs, /api/logs, 200",
    "GET /api/logs, /api/logs?requestId=x, 200",
    "GET /api/logs, /api/logs?limit=0&status=x, 400",
    "GET /api/logs/export, /api/logs/export?format=csv&requestId=x, 200",
    "GET /api/logs/export, /api/logs/export, 400",
    "GET /api/generate, /api/generate, 200",
    "GET /api/generate, /api/generate?limit=501&status=x, 400",
    "GET /api/events/history, /api/events/history, 200",
    "GET /api/events/history, /api/events/history?after=x, 400",
    "GET /api/events/history, /api/events/history?after=" + CURSOR_OF_ANOTHER_EPOCH + ", 410",
    "GET /api/models, /api/models, 200",
    "GET /api/usage, /api/usage, 200",
    "GET /api/audit, /api/audit, 200",
    "GET /api/audit, /api/audit?action=x, 400",
    "GET /api/operations/erase/{erasureId}, /api/operations/erase/" + UNKNOWN + ", 404",
    "GET /api/usage, /api/usage?groupBy=x, 400",
    "GET /api/generate/{requestId}/deliveries, /api/generate/" + UNKNOWN + "/deliveries, 404",
    "GET /api/webhooks, /api/webhooks, 200",
    "GET /api/webhooks/secret, /api/webhooks/secret?userId=documented, 200",
    "GET /api/stats, /api/stats, 200",
    "GET /api/stats, /api/stats?since=x, 400"
  })
  void a_reply_is_as_described(String operation, String path, int status) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(api.complaints(operation, reply)).isEmpty();
  }

  /** Numbers of other tests' steps may be missing; whoever follows the pages gets past them. */
  private void the_history_is_as_described() {
    var after = new AtomicReference<>("");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          var history = "/api/events/history?limit=1000" + after.get();
          var page = gateway.get(history);
          assertThat(api.complaints("GET /api/events/history", page)).isEmpty();
          var events = gateway.get(history, "Accept", "application/x-ndjson").body();
          after.set("&after=" + page.text("/next"));
          assertThat(events.lines())
              .isNotEmpty()
              .allSatisfy(
                  event -> assertThat(api.complaintsAbout("CompletionEvent", event)).isEmpty());
        });
  }

  @Test
  void a_job_is_as_described_on_its_way() {
    var worker = TestingWorker.of(gateway);
    var submitted = gateway.post("{\"prompt\":\"a documented job\",\"unknown\":1}");
    var id = submitted.text("/requestId");
    assertThat(api.complaints(SUBMIT, submitted)).isEmpty();
    assertThat(api.complaints(ASK, gateway.get("/api/generate/" + id))).isEmpty();
    assertThat(api.complaints("GET /api/logs", gateway.get("/api/logs?requestId=" + id))).isEmpty();

    worker.complete(id);
    assertThat(api.complaints(ASK, gateway.get("/api/generate/" + id))).isEmpty();
    assertThat(api.complaints("GET /api/logs", gateway.get("/api/logs?requestId=" + id))).isEmpty();
    assertThat(api.complaints("GET /api/generate", gateway.get("/api/generate?limit=500")))
        .isEmpty();
    for (var grouping : List.of("day", "user", "model", "provider")) {
      var usage = gateway.get("/api/usage?groupBy=" + grouping);
      assertThat(api.complaints("GET /api/usage", usage)).isEmpty();
    }
    the_history_is_as_described();
    var exported = gateway.get("/api/logs/export?format=ndjson&requestId=" + id);
    assertThat(exported.body().lines())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(api.complaintsAbout("Log", row)).isEmpty());
    var events = gateway.get("/api/generate/" + id + "/events");
    assertThat(api.complaints("GET /api/generate/{requestId}/events", events)).isEmpty();
    assertThat(events.body().lines().filter(line -> line.startsWith("data: ")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(api.complaintsAbout("Log", line.substring(6))).isEmpty());
  }

  @Test
  void other_errors_are_as_described() {
    var submission = "{\"prompt\":\"a\"}";
    var wrongType = gateway.post(submission, "Content-Encoding", "gzip");
    assertThat(wrongType.status()).isEqualTo(415);
    assertThat(api.complaints(SUBMIT, wrongType)).isEmpty();
    var tooLarge = gateway.post("{\"prompt\":\"%s\"}".formatted("a".repeat(70_000)));
    assertThat(tooLarge.status()).isEqualTo(413);
    assertThat(api.complaints(SUBMIT, tooLarge)).isEmpty();
    var waited = gateway.post(submission, "Prefer", "wait=0");
    assertThat(waited.status()).isEqualTo(202);
    assertThat(api.complaints(SUBMIT, waited)).isEmpty();
    gateway.post(submission, "Idempotency-Key", "documented");
    var reused = gateway.post("{\"prompt\":\"b\"}", "Idempotency-Key", "documented");
    assertThat(reused.status()).isEqualTo(422);
    assertThat(api.complaints(SUBMIT, reused)).isEmpty();
  }

  @Test
  void a_field_that_is_not_described_or_is_missing_would_be_noticed() {
    var reply = gateway.post("{\"prompt\":\"a\"}");
    var more = reply.body().replaceFirst("\\{", "{\"undescribed\":1,");
    var fewer = reply.body().replace("\"success\":true,", "");

    assertThat(List.of(more, fewer)).doesNotContain(reply.body());
    assertThat(api.complaints(SUBMIT, reply, more)).isNotEmpty();
    assertThat(api.complaints(SUBMIT, reply, fewer)).isNotEmpty();
  }
}
