package dev.darkroom.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** A client of a real socket. */
final class TestingClient implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;

  TestingClient(NebiusSimulator simulator) {
    this.base = simulator.baseUri();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer key");
  }

  static String body(String prompt) {
    return Json.MAPPER
        .createObjectNode()
        .put("model", "stability-ai/sdxl")
        .put("prompt", prompt)
        .put("width", 64)
        .put("height", 64)
        .put("seed", 7)
        .toString();
  }

  HttpRequest generation(String body) {
    return request("images/generations").POST(BodyPublishers.ofString(body)).build();
  }

  HttpResponse<byte[]> generate(String prompt) throws IOException, InterruptedException {
    return send(generation(body(prompt)));
  }

  CompletableFuture<HttpResponse<byte[]>> generateLater(String prompt) {
    return http.sendAsync(generation(body(prompt)), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofByteArray());
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static JsonNode json(HttpResponse<byte[]> response) {
    return Json.MAPPER.readTree(response.body());
  }

  static byte[] picture(HttpResponse<byte[]> response) {
    return Base64.getDecoder().decode(json(response).at("/data/0/b64_json").stringValue());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
