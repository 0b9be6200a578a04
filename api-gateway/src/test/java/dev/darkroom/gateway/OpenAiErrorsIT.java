package dev.darkroom.gateway;

import static dev.darkroom.gateway.OpenAiDoorIT.assertIsError;
import static dev.darkroom.gateway.OpenAiDoorIT.request;
import static dev.darkroom.gateway.OpenAiDoorIT.waitingAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a request below /v1, client libraries of OpenAI can read it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenAiErrorsIT {
  private static final String GENERATE = "POST /v1/images/generations";
  private static final String ORDER = "{\"prompt\":\"a\"}";

  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|prompt",
        "{\"prompt\":\"a\",\"n\":5}|n",
        "{\"prompt\":\"a\",\"size\":\"large\"}|size",
        "{\"prompt\":\"a\",\"size\":\"32x1024\"}|size",
        "{\"prompt\":\"a\",\"response_format\":\"png\"}|response_format",
        "{\"prompt\":\"a\",\"quality\":\"best\"}|quality",
        "{\"prompt\":\"a\",\"seed\":-2}|seed",
        "{\"prompt\":\"a\",\"user\":7}|user",
        "{\"prompt\":\"a\",\"stream\":\"yes\"}|stream",
        "[]|body"
      })
  void a_bad_field_is_named(String body, String param) {
    var reply = ask(body);
    assertThat(reply.status()).isEqualTo(400);
    assertIsError(reply, "invalid_request_error", "invalid_request");
    assertThat(reply.text("/error/param")).isEqualTo(param);
    assertThat(reply.text("/error/message")).startsWith(param);
    assertThat(api.complaints(GENERATE, reply)).isEmpty();
  }

  @Test
  void an_unknown_model_is_not_found() {
    var reply = ask("{\"prompt\":\"a\",\"model\":\"dall-e-9\"}");
    assertThat(reply.status()).isEqualTo(404);
    assertIsError(reply, "invalid_request_error", "model_not_found");
    assertThat(reply.text("/error/param")).isEqualTo("model");
  }

  @Test
  void models_are_listed_and_found_also_by_encoded_names() {
    var list = gateway.get("/v1/models");
    assertThat(api.complaints("GET /v1/models", list)).isEmpty();
    assertThat(list.json().get("data").findValuesAsString("id"))
        .contains("stability-ai/sdxl", "other/model");
    for (var spelling : List.of("other/model", "other%2Fmodel", "other%2fmodel")) {
      var model = gateway.get("/v1/models/" + spelling);
      assertThat(api.complaints("GET /v1/models/{modelId}", model)).as(spelling).isEmpty();
      assertThat(model.text("/id")).isEqualTo("other/model");
      assertThat(model.text("/owned_by")).isEqualTo("other");
    }
    assertThat(gateway.get("/v1/models/..%2F..%2Fapi%2Flogs").status()).isEqualTo(400);
    assertIsError(gateway.get("/v1/models/nope"), "invalid_request_error", "model_not_found");
    assertIsError(gateway.get("/v1/models/"), "invalid_request_error", "model_not_found");
  }

  @Test
  void every_error_below_v1_has_the_form_of_openai() throws IOException {
    assertIsError(gateway.get("/v1/nope"), "invalid_request_error", "not_found");
    assertIsError(gateway.get("/v1/a%2Fb"), "invalid_request_error", "invalid_request");
    var wrongMethod = gateway.get("/v1/images/generations", "Accept", "text/html");
    assertThat(wrongMethod.status()).isEqualTo(405);
    assertIsError(wrongMethod, "invalid_request_error", "method_not_allowed");
    var otherSite = ask(ORDER, "Sec-Fetch-Site", "cross-site");
    assertThat(otherSite.status()).isEqualTo(403);
    assertIsError(otherSite, "invalid_request_error", "forbidden");
    var large = ask("{\"prompt\":\"%s\"}".formatted("a".repeat(70_000)));
    assertThat(large.status()).isEqualTo(413);
    assertIsError(large, "invalid_request_error", "too_large");
    assertThat(api.complaints(GENERATE, large)).isEmpty();
    var form =
        gateway.send(
            gateway
                .request("/v1/images/generations")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("a")));
    assertThat(form.status()).isEqualTo(415);
    assertIsError(form, "invalid_request_error", "unsupported_media_type");

    var malformed =
        RawHttp.send(
            gateway.port(),
            "POST /v1/images/generations HTTP/1.1",
            "Host: localhost",
            "Content-Length: abc");
    assertThat(malformed.status()).isEqualTo(400);
    assertThat(malformed.toString()).contains("{\"error\":{\"message\":\"");
  }

  @Test
  void only_so_many_may_wait_and_a_wait_ends() {
    try (var small =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.openai.longest-wait=3s",
            "--darkroom.openai.per-client=1")) {
      var first =
          CompletableFuture.supplyAsync(
              () -> small.send(request(small, ORDER)), Thread::startVirtualThread);
      await().until(() -> waitingAt(small) == 1);
      var second = small.send(request(small, ORDER));
      assertThat(second.status()).isEqualTo(429);
      assertIsError(second, "rate_limit_error", "too_many_waits");
      assertThat(second.header("Retry-After")).isEqualTo("5");

      assertThat(first.join().status()).isEqualTo(503);
      assertThat(first.join().text("/error/code")).isEqualTo("still_running");
      assertThat(first.join().header("X-Request-Id")).isNotEmpty();
    }
  }

  private Reply ask(String body, String... headers) {
    var request = request(gateway, body);
    return gateway.send(headers.length == 0 ? request : request.headers(headers));
  }
}
