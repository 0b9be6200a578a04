package dev.darkroom.system.processes;

import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The database; its processes can be killed, all at once, and started on what they left. */
public final class PostgresProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private @Nullable EmbeddedPostgresServer server;

  public PostgresProcess(Path folder) {
    this.folder = folder.resolve("postgres");
    this.port = FreePorts.claim();
  }

  public void start() throws IOException {
    server = EmbeddedPostgresServer.start(folder, port);
  }

  /** SIGKILL to every process of the server, as when the machine loses its power. */
  public void kill() throws IOException {
    for (var process : processes()) {
      Signal.KILL.sendTo(process);
    }
    await("PostgreSQL has gone")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !FreePorts.answers(port) && processes().isEmpty());
    running().close();
  }

  public String username() {
    return running().username();
  }

  public String password() {
    return running().password();
  }

  public int port() {
    return port;
  }

  /** Straight to the server, past all cables. */
  public String jdbcUrl() {
    return running().jdbcUrl();
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  /** The parent first, or else it would start new children. */
  private List<ProcessHandle> processes() throws IOException {
    var parent = running().process();
    if (parent.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<ProcessHandle>();
    all.add(parent.get());
    parent.get().descendants().forEach(all::add);
    return all;
  }

  private EmbeddedPostgresServer running() {
    return Objects.requireNonNull(server, "PostgreSQL was never started");
  }
}
