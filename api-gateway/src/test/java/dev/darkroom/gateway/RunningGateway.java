package dev.darkroom.gateway;

import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway as its users start it, on free ports, and an HTTP client for it. */
public final class RunningGateway implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static @Nullable RunningGateway shared;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ConfigurableApplicationContext context;

  private RunningGateway(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** One for all tests of this JVM that don't take its servers away. */
  public static synchronized RunningGateway shared() {
    if (shared == null) {
      shared = start(TestServers.freshDatabase(), TestServers.kafka());
    }
    return shared;
  }

  public static RunningGateway start(TestDatabase database, String kafka, String... arguments) {
    var all =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password(),
                "--spring.kafka.bootstrap-servers=" + kafka,
                "--darkroom.nebius.models=other/model",
                "--darkroom.models[0].name=black-forest-labs/flux-schnell",
                "--darkroom.models[0].aliases=dall-e-3",
                "--darkroom.models[1].name=plain/model",
                "--darkroom.models[1].loras=false",
                "--darkroom.models[1].longest-prompt=40",
                "--darkroom.models[1].sides=512-1024",
                "--darkroom.picture.dir=" + temporaryDirectory(),
                // there are no workers here to make room for the next jobs
                "--darkroom.outbox.window=10000",
                "--spring.lifecycle.timeout-per-shutdown-phase=2s"));
    all.addAll(List.of(arguments));
    return new RunningGateway(
        GatewayApplication.application(Map.of()).run(all.toArray(String[]::new)));
  }

  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("darkroom");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  public int managementPort() {
    return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  public HttpRequest.Builder managementRequest(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort() + path))
        .timeout(Duration.ofSeconds(30));
  }

  public Reply get(String path, String... headers) {
    var request = request(path);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  public Reply post(String body, String... headers) {
    var request =
        request("/api/generate")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  /** Submits a job with this prompt and gives back its id. */
  public String submit(String prompt) {
    return post(JSON.writeValueAsString(Map.of("prompt", prompt))).text("/requestId");
  }

  public Reply send(HttpRequest.Builder request) {
    try {
      return new Reply(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.close();
    client.shutdownNow(); // close() would wait for a stream that is still open
  }

  /** What came back. */
  public record Reply(HttpResponse<byte[]> response) {
    public int status() {
      return response.statusCode();
    }

    public String header(String name) {
      return String.join(", ", response.headers().allValues(name));
    }

    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    /** The text at a JSON pointer. */
    public String text(String pointer) {
      return json().at(pointer).asString();
    }

    public String body() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }
  }
}
