package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A gateway in a process of its own. */
public record GatewayProcess(ChildProcess process, int port, int managementPort)
    implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  void awaitReady() throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/actuator/health/readiness".formatted(managementPort)))
            .timeout(Duration.ofSeconds(5))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      Await.until(
          "the gateway is ready",
          PATIENCE,
          Duration.ofMillis(100),
          () -> {
            process.requireAlive();
            return answers(client, request);
          });
    }
  }

  private static boolean answers(HttpClient client, HttpRequest request)
      throws InterruptedException {
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
