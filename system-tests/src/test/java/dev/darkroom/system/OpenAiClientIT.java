package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.simulator.Fault;
import dev.darkroom.system.run.ObservedSystem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client library of OpenAI, with gateways, workers and a provider that counts its bill. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenAiClientIT {
  private static final Duration PATIENT = Duration.ofSeconds(60);
  private static final Duration IMPATIENT = Duration.ofSeconds(1);
  private static final int TRIES = 3;

  private final ObservedSystem observed = SharedSystem.get();
  private final String prompt = "a lighthouse for " + UUID.randomUUID();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    http.close();
  }

  @Test
  void the_picture_comes_by_url_and_in_base64() throws IOException, InterruptedException {
    var byUrl = post(0, Map.of("prompt", prompt, "size", "256x128"), PATIENT, 0);
    assertThat(byUrl.statusCode()).as(text(byUrl)).isEqualTo(200);
    var url = URI.create(json(byUrl).at("/data/0/url").asString());
    var picture = http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofByteArray());
    assertThat(picture.headers().firstValue("Content-Type")).contains("image/webp");

    var order =
        Map.<String, Object>of(
            "prompt", prompt, "size", "256x128", "seed", 7, "response_format", "b64_json");
    var inBase64 = post(0, order, PATIENT, 0);
    var bytes = Base64.getDecoder().decode(json(inBase64).at("/data/0/b64_json").asString());
    assertThat(bytes).startsWith("RIFF".getBytes(StandardCharsets.US_ASCII)).hasSizeGreaterThan(99);
    assertThat(json(inBase64).at("/output_format").asString()).isEqualTo("webp");
  }

  @Test
  void an_impatient_client_that_repeats_at_another_gateway_buys_one_picture()
      throws IOException, InterruptedException {
    observed.system().nebius().takes(Duration.ofSeconds(4), Duration.ZERO);
    var order = Map.<String, Object>of("prompt", prompt, "size", "128x128");
    for (var retry = 0; retry < TRIES; retry++) {
      assertThat(isAnswered(retry, order)).isFalse();
    }

    var later = post(TRIES, order, PATIENT, 0); // by a person, who presses the button again
    assertThat(later.statusCode()).as(text(later)).isEqualTo(200);
    assertThat(later.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(calls()).isEqualTo(1);
    assertThat(observed.system().nebius().simulator().bill().billedFor(prompt)).isEqualTo(1);
  }

  @Test
  void two_pictures_are_two_calls_and_one_reply() throws IOException, InterruptedException {
    var reply = post(0, Map.of("prompt", prompt, "size", "128x128", "n", 2), PATIENT, 0);
    assertThat(reply.statusCode()).as(text(reply)).isEqualTo(200);
    assertThat(json(reply).get("data").findValuesAsString("url"))
        .hasSize(2)
        .doesNotHaveDuplicates();
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void a_refused_prompt_is_a_bad_request() throws IOException, InterruptedException {
    observed
        .system()
        .nebius()
        .simulator()
        .nextCall()
        .whosePromptContains(prompt)
        .meet(
            Fault.answer(400)
                .withDetail(Map.of("code", "content_policy_violation", "message", "No.")));

    var refused = post(0, Map.of("prompt", prompt), PATIENT, 0);
    assertThat(refused.statusCode()).as(text(refused)).isEqualTo(400);
    assertThat(json(refused).at("/error/code").asString()).isEqualTo("content_policy_violation");
    assertThat(json(refused).at("/error/message").asString()).contains("No.");
  }

  private long calls() {
    return observed.system().nebius().simulator().bill().calls().stream()
        .filter(call -> call.prompt().equals(prompt))
        .count();
  }

  private boolean isAnswered(int retry, Map<String, Object> order)
      throws IOException, InterruptedException {
    try {
      var _ = post(retry, order, IMPATIENT, retry);
      return true;
    } catch (HttpTimeoutException e) {
      return false;
    }
  }

  /**
   * Sends it as client libraries do.
   *
   * @param turn at one gateway after the other
   */
  private HttpResponse<byte[]> post(
      int turn, Map<String, Object> order, Duration timeout, int retries)
      throws IOException, InterruptedException {
    var gateways = observed.system().gateways();
    var request =
        HttpRequest.newBuilder(
                gateways.get(turn % gateways.size()).address().resolve("/v1/images/generations"))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer any-key-will-do")
            .header("X-Stainless-Retry-Count", String.valueOf(retries))
            .POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(order)))
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private static JsonNode json(HttpResponse<byte[]> reply) {
    return JsonMapper.shared().readTree(reply.body());
  }

  private static String text(HttpResponse<byte[]> reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }
}
