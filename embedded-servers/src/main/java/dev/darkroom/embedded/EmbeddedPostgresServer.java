package dev.darkroom.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * A real PostgreSQL 18 in a process of its own, as safe as an installed one: {@code fsync} and
 * {@code synchronous_commit} are on, its data stays in its folder, and it listens on 127.0.0.1
 * only, for whoever knows the password. What it logs is in {@code postgres.log} in that folder; the
 * logger {@code io.zonky.test.db.postgres} tells of starting and stopping at INFO.
 *
 * <p>It works for root (where the machine allows user namespaces) and for any other user. If this
 * JVM is killed the server lives on; the next start on the same folder stops it in order first.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
  private static final String DATABASE = "darkroom";
  private static final String SUPERUSER = "postgres";

  /** Enough for a recovery; a server that refuses to start is waited for as long, unnoticed. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedPostgres server;
  private final Postmaster postmaster;
  private final DirectoryLock lock;
  private final String password;

  private EmbeddedPostgresServer(
      EmbeddedPostgres server, Postmaster postmaster, DirectoryLock lock, String password) {
    this.server = server;
    this.postmaster = postmaster;
    this.lock = lock;
    this.password = password;
  }

  /**
   * Starts the server and waits until it answers: about 3 s on a new folder, 1 s later.
   *
   * @param directory its folder; made if missing, kept afterwards
   * @param port the port, or 0 for any free one
   * @throws PortInUseException if something else listens on the port
   * @throws IOException if it does not start; the message holds PostgreSQL's own words
   */
  public static EmbeddedPostgresServer start(Path directory, int port) throws IOException {
    return start(directory, port, PATIENCE, "on");
  }

  /**
   * The same for data that nobody misses: nothing is forced to disk, so that a machine that stops
   * may take it along.
   */
  public static EmbeddedPostgresServer startUnsynced(Path directory, int port) throws IOException {
    return start(directory, port, PATIENCE, "off");
  }

  static EmbeddedPostgresServer start(Path directory, int port, Duration patience, String fsync)
      throws IOException {
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      var folder = new PostgresDataDirectory(directory.toRealPath());
      var postmaster = new Postmaster(folder.data());
      // We hold the folder, so whoever still serves it was left behind by a killed JVM.
      postmaster.stopAndClear();
      int claimed = LoopbackPort.claim(port, "PostgreSQL");
      folder.prepare();
      EmbeddedPostgres server = launch(folder, postmaster, claimed, patience, fsync);
      return new EmbeddedPostgresServer(server, postmaster, lock, folder.password());
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The database {@code darkroom}, encoded in UTF-8; user and password are not part of it. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(LoopbackPort.HOST, port(), DATABASE);
  }

  /** A superuser. */
  public String username() {
    return SUPERUSER;
  }

  public String password() {
    return password;
  }

  public int port() {
    return server.getPort();
  }

  /** The server's first process, the parent of all others; empty once it is gone. */
  public Optional<ProcessHandle> process() throws IOException {
    return postmaster.process();
  }

  /**
   * Ends all sessions, writes a checkpoint and stops. There is no shutdown hook: hooks run in any
   * order, and whoever uses the database must be closed before it.
   */
  @Override
  public void close() throws IOException {
    try (lock) {
      server.close();
      // The library gives up after 5 s, and only logs it.
      postmaster.stopAndClear();
    }
  }

  private static EmbeddedPostgres launch(
      PostgresDataDirectory folder,
      Postmaster postmaster,
      int port,
      Duration patience,
      String fsync)
      throws IOException {
    try (PostgresBinaries binaries = PostgresBinaries.hold(folder.path())) {
      EmbeddedPostgres server =
          configure(folder, binaries, port, fsync).setPGStartupWait(patience).start();
      createDatabase(server);
      folder.markReady();
      return server;
    } catch (IOException | RuntimeException | ExceptionInInitializerError | SQLException e) {
      postmaster.stopAndClear();
      throw new IOException(
          "PostgreSQL did not start in %s; it said:%n%s"
              .formatted(folder.path(), folder.lastWords()),
          e);
    }
  }

  private static EmbeddedPostgres.Builder configure(
      PostgresDataDirectory folder, PostgresBinaries binaries, int port, String fsync)
      throws IOException {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(binaries.directory().toFile())
        .setDataDirectory(folder.data())
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPort(port)
        .setOutputRedirector(Redirect.appendTo(folder.log().toFile()))
        // The library is made for throw-away databases and turns both off.
        .setServerConfig("fsync", fsync)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("listen_addresses", LoopbackPort.HOST)
        // Its socket would lie in /tmp under a name that another user's server may hold.
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("log_checkpoints", "off")
        // Options of initdb: sorting and case that do not depend on the machine's locales.
        .setLocaleConfig("locale", "C")
        .setLocaleConfig("locale-provider", "builtin")
        .setLocaleConfig("builtin-locale", "C.UTF-8")
        .setLocaleConfig("auth-host", "scram-sha-256")
        .setLocaleConfig("pwfile", folder.passwordFile().toString())
        .setConnectConfig("password", folder.password());
  }

  private static void createDatabase(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        var find = connection.prepareStatement("select from pg_database where datname = ?")) {
      find.setString(1, DATABASE);
      try (var found = find.executeQuery()) {
        if (!found.next()) {
          statement.execute("create database " + DATABASE);
        }
      }
    }
  }
}
