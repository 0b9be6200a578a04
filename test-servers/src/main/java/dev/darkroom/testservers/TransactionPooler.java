package dev.darkroom.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** PgBouncer in transaction mode in front of a database, where it is installed. */
public final class TransactionPooler implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");
  private static final int NOBODY = 65_534;

  private final Process process;
  private final TestDatabase database;

  private TransactionPooler(Process process, TestDatabase database) {
    this.process = process;
    this.database = database;
  }

  public static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /**
   * Starts one.
   *
   * @param connections that it opens to the database at most
   */
  public static TransactionPooler before(TestDatabase database, int connections) {
    var address = URI.create(database.jdbcUrl().substring("jdbc:".length()));
    try {
      var port = freePort();
      var process =
          new ProcessBuilder(command(settings(database, address, port, connections)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      awaitPort(process, port);
      var url = "jdbc:postgresql://127.0.0.1:%d%s".formatted(port, address.getPath());
      return new TransactionPooler(
          process, new TestDatabase(url, database.username(), database.password()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path settings(TestDatabase database, URI address, int port, int connections)
      throws IOException {
    var folder =
        Files.createTempDirectory(
            "darkroom-pooler",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    return Files.writeString(
        folder.resolve("pgbouncer.ini"),
        """
        [databases]
        * = host=%s port=%d user=%s password=%s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 500
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(
                address.getHost(),
                address.getPort(),
                database.username(),
                database.password(),
                port,
                connections));
  }

  /** It refuses to run as root. */
  private static List<String> command(Path settings) {
    var command = new ArrayList<String>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    command.addAll(List.of(PROGRAM.toString(), settings.toString()));
    return command;
  }

  private static void awaitPort(Process process, int port) throws IOException {
    for (var attempt = 0; ; attempt++) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        if (attempt == 100 || ended(process)) {
          process.destroy();
          throw new IOException("PgBouncer did not start", e);
        }
      }
    }
  }

  private static boolean ended(Process process) throws IOException {
    try {
      return process.waitFor(50, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The database, as one reaches it through the pooler. */
  public TestDatabase database() {
    return database;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
