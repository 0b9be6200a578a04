package dev.darkroom.system.processes;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A connection pooler in transaction mode: consecutive transactions of a client run on different
 * connections, so nothing of a session may be relied on. It must be installed; Debian's package is
 * {@code pgbouncer}.
 */
public final class PgBouncer implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(10);

  private final int port = FreePorts.claim();
  private final SystemProcess process;

  /**
   * @param postgres the server behind it, which must run
   * @throws IllegalStateException if it is not installed
   */
  public PgBouncer(Path folder, PostgresProcess postgres) throws IOException {
    // Root's PgBouncer becomes another user, who may not enter the folders of whoever runs the
    // tests.
    var settings = Files.createTempFile("pgbouncer", ".ini");
    settings.toFile().deleteOnExit();
    Files.writeString(settings, settings(postgres));
    var command = new ArrayList<>(List.of(executable().toString()));
    if (ProcessHandle.current().info().user().filter("root"::equals).isPresent()) {
      Files.setPosixFilePermissions(
          settings, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
      command.addAll(List.of("-u", "nobody"));
    }
    command.add(settings.toString());
    process = new SystemProcess("pgbouncer", command, Map.of(), folder);
  }

  private static Path executable() {
    return find()
        .orElseThrow(() ->
            new IllegalStateException("PgBouncer is not installed; apt-get install pgbouncer"));
  }

  private static Optional<Path> find() {
    var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private String settings(PostgresProcess postgres) {
    return """
    [databases]
    darkroom = host=%1$s port=%2$d dbname=darkroom user=%3$s password=%4$s
    [pgbouncer]
    listen_addr = %1$s
    listen_port = %5$d
    unix_socket_dir =
    auth_type = any
    pool_mode = transaction
    max_client_conn = 200
    default_pool_size = 20
    ignore_startup_parameters = extra_float_digits
    """
        .formatted(FreePorts.HOST, postgres.port(), postgres.username(), postgres.password(), port);
  }

  public int port() {
    return port;
  }

  public void start() {
    process.start();
    await("PgBouncer listens").atMost(START).until(() -> FreePorts.answers(port));
  }

  public void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
