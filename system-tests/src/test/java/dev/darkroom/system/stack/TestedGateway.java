package dev.darkroom.system.stack;

import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.JavaCommand;
import dev.darkroom.system.processes.SystemProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One {@code api-gateway} in a process of its own. */
public final class TestedGateway implements TestedApplication {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TRIES = 10;
  private static final int OK = 200;

  private final SystemProcess process;
  private final Map<String, String> environment;
  private final URI address;
  private final int managementPort = FreePorts.claim();

  TestedGateway(String name, Map<String, String> environment, List<String> settings, Path folder) {
    int port = FreePorts.claim();
    address = URI.create("http://" + FreePorts.HOST + ":" + port);
    var told = new HashMap<>(environment);
    told.put("PORT", Integer.toString(port));
    told.put("SERVER_ADDRESS", FreePorts.HOST);
    told.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    told.put("MANAGEMENT_SERVER_ADDRESS", FreePorts.HOST);
    this.environment = Map.copyOf(told);
    process = new SystemProcess(name, JavaCommand.ofModule("api-gateway", settings), told, folder);
  }

  public URI address() {
    return address;
  }

  /** Posts nothing to this address, until the gateway has done what that means. */
  public void post(String path) throws IOException {
    var request =
        HttpRequest.newBuilder(address.resolve(path))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    try (var client = HttpClient.newHttpClient()) {
      for (var tries = 0; tries < TRIES; tries++) {
        var reply = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (reply.statusCode() == OK) {
          return;
        }
      }
      throw new IOException("the gateway did not do what was asked: " + path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("broken off", e);
    }
  }

  /** Makes an API key by the command, as an operator does. */
  public String makeKey(String owner, String scopes) throws IOException {
    var arguments = List.of("keys", "create", "--owner=" + owner, "--scopes=" + scopes);
    var builder =
        new ProcessBuilder(JavaCommand.ofModule("api-gateway", arguments))
            .redirectError(Redirect.appendTo(process.log().toFile()));
    builder.environment().putAll(environment);
    try (var output = builder.start().inputReader()) {
      return Objects.requireNonNull(output.readLine(), "no key was made; see " + process.log());
    }
  }

  @Override
  public SystemProcess process() {
    return process;
  }

  @Override
  public int managementPort() {
    return managementPort;
  }
}
