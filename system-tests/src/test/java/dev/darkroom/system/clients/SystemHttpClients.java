package dev.darkroom.system.clients;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Speaks HTTP to one gateway, as any client may. */
public final class SystemHttpClients implements AutoCloseable {
  /** A gateway that is cut off from its ledger says so within a few seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  private final Clock clock;

  public SystemHttpClients(Clock clock) {
    this.clock = clock;
  }

  ClientReply submit(URI gateway, String key, String prompt, @Nullable URI webhook)
      throws InterruptedException {
    var fields = new HashMap<String, Object>(Map.of("prompt", prompt, "width", 64, "height", 64));
    if (webhook != null) {
      fields.put("webhookUrl", webhook.toString());
    }
    return post(gateway.resolve("/api/generate"), key, JSON.writeValueAsString(fields));
  }

  /** The same picture of another seed, under a prompt of its own. */
  ClientReply replay(URI gateway, String key, UUID original, String prompt)
      throws InterruptedException {
    return post(
        gateway.resolve("/api/generate/" + original + "/replay"),
        key,
        JSON.writeValueAsString(Map.of("prompt", prompt, "seed", -1)));
  }

  /** Whether the gateway said that the job is, or is to be, cancelled. */
  boolean cancel(URI gateway, UUID job) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(gateway.resolve("/api/generate/" + job))
            .timeout(PATIENCE)
            .DELETE()
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      return false;
    }
  }

  private ClientReply post(URI address, String key, String body) throws InterruptedException {
    var gateway = address.resolve("/");
    var request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "\"" + key + "\"")
            .POST(BodyPublishers.ofString(body))
            .build();
    var sentAt = clock.instant();
    var started = System.nanoTime();
    try {
      var response = http.send(request, BodyHandlers.ofString());
      var took = Duration.ofNanos(System.nanoTime() - started);
      return new ClientReply(
          sentAt, took, gateway.toString(), response.statusCode(), acceptedId(response), null);
    } catch (IOException e) {
      var took = Duration.ofNanos(System.nanoTime() - started);
      return new ClientReply(sentAt, took, gateway.toString(), null, null, e.toString());
    }
  }

  private static @Nullable UUID acceptedId(HttpResponse<String> response) {
    return response.statusCode() == 202
        ? UUID.fromString(JSON.readTree(response.body()).path("requestId").asString())
        : null;
  }

  /** The job as it stands, or null where no answer came. */
  @Nullable ClientObservations ask(URI gateway, UUID id) throws InterruptedException {
    try {
      var response =
          http.send(get(gateway.resolve("/api/generate/" + id)), BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        return response.statusCode() == 404
            ? new ClientObservations(clock.instant(), id, "unknown to the gateway", null)
            : null;
      }
      var job = JSON.readTree(response.body());
      return new ClientObservations(
          clock.instant(),
          id,
          job.path("status").asString(),
          job.path("imageUrl").asStringOpt().orElse(null));
    } catch (IOException e) {
      return null;
    }
  }

  /** What a GET brings, or null where no answer came. */
  public @Nullable HttpResponse<byte[]> fetch(URI address) throws InterruptedException {
    try {
      return http.send(get(address), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      return null;
    }
  }

  private static HttpRequest get(URI address) {
    return HttpRequest.newBuilder(address).timeout(PATIENCE).GET().build();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
