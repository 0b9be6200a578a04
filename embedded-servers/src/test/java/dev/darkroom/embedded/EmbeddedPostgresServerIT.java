package dev.darkroom.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EmbeddedPostgresServerIT {
  @TempDir Path folder;

  @Test
  void what_was_written_is_there_after_a_restart_on_the_same_port() throws Exception {
    int port;
    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      port = server.port();
      execute(server, "create table greetings(text text)");
      execute(server, "insert into greetings values ('grüße 🦊')");
    }
    try (var server = EmbeddedPostgresServer.start(folder, port)) {
      assertThat(server.port()).isEqualTo(port);
      assertThat(ask(server, "select text from greetings")).isEqualTo("grüße 🦊");
    }
  }

  @Test
  void commits_are_durable_and_text_is_utf8_and_sorting_is_the_same_on_every_machine()
      throws Exception {
    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      assertThat(ask(server, "show fsync")).isEqualTo("on");
      assertThat(ask(server, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(server, "show full_page_writes")).isEqualTo("on");
      assertThat(ask(server, "show server_encoding")).isEqualTo("UTF8");
      assertThat(ask(server, "show server_version")).startsWith("18.");
      assertThat(ask(server, "select min(t) from (values ('ä'), ('z'), ('B')) v(t)"))
          .isEqualTo("B");
      assertThat(ask(server, "select upper('ä')")).isEqualTo("Ä");
    }
  }

  @Test
  void nobody_gets_in_without_the_password() throws Exception {
    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl(), server.username(), "postgres"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void a_taken_port_is_named_before_anything_is_made() throws Exception {
    try (var holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedPostgresServer.start(folder, holder.getLocalPort()))
          .isInstanceOfSatisfying(
              PortInUseException.class,
              taken -> {
                assertThat(taken.port()).isEqualTo(holder.getLocalPort());
                assertThat(taken.wantedBy()).isEqualTo("PostgreSQL");
              })
          .hasMessage("port %d is in use; PostgreSQL needs it", holder.getLocalPort());
    }
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_folder_has_one_server_at_a_time() throws Exception {
    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      assertThatThrownBy(() -> EmbeddedPostgresServer.start(folder, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
      assertThat(ask(server, "select 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void a_pid_file_whose_number_now_belongs_to_another_program_is_no_obstacle() throws Exception {
    EmbeddedPostgresServer.start(folder, 0).close();
    Path data = folder.toRealPath().resolve("data");
    Files.writeString(
        data.resolve("postmaster.pid"),
        "%d%n%s%n1700000000%n5432%n%n127.0.0.1%n".formatted(ProcessHandle.current().pid(), data));

    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      assertThat(ask(server, "select 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void a_first_start_that_was_cut_short_is_begun_again() throws Exception {
    new PostgresDataDirectory(folder).password();
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/postgresql.conf"), "half a se");

    try (var server = EmbeddedPostgresServer.start(folder, 0)) {
      assertThat(ask(server, "select 'alive'")).isEqualTo("alive");
    }
  }

  @Test
  void a_folder_of_somebody_elses_database_is_refused_and_left_alone() throws Exception {
    Path theirs = Files.createDirectories(folder.resolve("data")).resolve("PG_VERSION");
    Files.writeString(theirs, "18\n");

    assertThatThrownBy(() -> EmbeddedPostgresServer.start(folder, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not made here");
    assertThat(theirs).exists();
  }

  @Test
  void a_start_that_fails_quotes_what_postgres_said() throws Exception {
    EmbeddedPostgresServer.start(folder, 0).close();
    Files.writeString(folder.resolve("data/postgresql.conf"), "wal_level = nonsense\n");

    assertThatThrownBy(() -> EmbeddedPostgresServer.start(folder, 0, Duration.ofSeconds(3), "on"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("invalid value for parameter \"wal_level\"");
  }

  static String ask(EmbeddedPostgresServer server, String query) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  static void execute(EmbeddedPostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(EmbeddedPostgresServer server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
  }
}
