package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Gateways of the next version start beside one that serves, and somebody reads for long. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class SchemaMigratorIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path next;

  private final TestDatabase database = TestServers.freshDatabase();

  @Test
  void a_long_reader_delays_migrations_and_nobody_else(CapturedOutput output) throws Exception {
    migration("V900__add_column.sql", "alter table public.generation_jobs add column next int;");
    migration(
        "V901__index.sql", "create index concurrently next on public.generation_jobs (next);");
    migration("V901__index.sql.conf", "executeInTransaction=false");
    try (var serving = RunningGateway.start(database, TestServers.kafka());
        var starting = Executors.newFixedThreadPool(2);
        var reader = reader()) {
      var one = CompletableFuture.supplyAsync(this::startNext, starting);
      var other = CompletableFuture.supplyAsync(this::startNext, starting);

      await().atMost(LONG).until(() -> output.getAll().contains("migrations wait for a lock"));
      var end = System.nanoTime() + Duration.ofSeconds(6).toNanos();
      var times = new ArrayList<Duration>();
      while (System.nanoTime() < end) {
        var began = System.nanoTime();
        assertThat(serving.post("{\"prompt\":\"meanwhile\"}").status()).isEqualTo(202);
        times.add(Duration.ofNanos(System.nanoTime() - began));
        assertThat(serving.send(serving.managementRequest("/actuator/health/readiness")).status())
            .isEqualTo(200);
      }
      assertThat(times.stream().sorted().toList().get(times.size() / 2))
          .as("half of the replies, on a machine that starts two gateways meanwhile")
          .isLessThan(Duration.ofSeconds(1));
      assertThat(output).contains("pid " + pid(reader)).contains("(long report) since");
      assertThat(one).isNotDone();
      assertThat(other).isNotDone();

      reader.commit();
      for (var gateway : List.of(one, other)) {
        try (var started = gateway.get(LONG.toSeconds(), TimeUnit.SECONDS)) {
          assertThat(started.post("{\"prompt\":\"next\"}").status()).isEqualTo(202);
          assertThat(serving.post("{\"prompt\":\"old\"}").status()).isEqualTo(202);
        }
      }
      assertThat(applied(serving)).isEqualTo(2);
    }
  }

  @Test
  void a_migration_that_failed_outside_of_a_transaction_is_tried_again() throws Exception {
    migration(
        "V900__no_transaction.sql",
        """
        set lock_timeout = '100ms';
        alter table public.generation_jobs add column if not exists next int;
        reset lock_timeout;
        """);
    migration("V900__no_transaction.sql.conf", "executeInTransaction=false");
    try (var serving = RunningGateway.start(database, TestServers.kafka());
        var starting = Executors.newSingleThreadExecutor();
        var reader = reader()) {
      var gateway = CompletableFuture.supplyAsync(this::startNext, starting);
      await().atMost(LONG).until(() -> failed(serving) > 0);
      reader.commit();
      gateway.get(LONG.toSeconds(), TimeUnit.SECONDS).close();
      assertThat(applied(serving)).isEqualTo(1);
      assertThat(failed(serving)).isZero();
    }
  }

  private RunningGateway startNext() {
    return RunningGateway.start(
        database,
        TestServers.kafka(),
        "--spring.flyway.locations=classpath:db/migration,filesystem:" + next);
  }

  private void migration(String name, String content) throws Exception {
    Files.writeString(next.resolve(name), content);
  }

  /** Holds a snapshot, and with it a lock of the lightest kind. */
  private Connection reader() throws SQLException {
    var reader =
        DriverManager.getConnection(
            database.jdbcUrl() + "?ApplicationName=long%20report",
            database.username(),
            database.password());
    reader.setAutoCommit(false);
    try (var question = reader.createStatement()) {
      question.execute("select count(*) from generation_jobs");
    }
    return reader;
  }

  @Test
  void a_database_of_another_version_stops_the_start_with_words(CapturedOutput output) {
    try (var before = RunningGateway.start(database, TestServers.kafka())) {
      before
          .bean(JdbcClient.class)
          .sql("update darkroom.flyway_schema_history set checksum = 1 where version = '2'")
          .update();
    }

    assertThatThrownBy(() -> RunningGateway.start(database, TestServers.kafka()))
        .hasStackTraceContaining("checksum");

    assertThat(output).contains("was migrated by another version of Darkroom", "--fresh");
  }

  @Test
  void the_log_is_open_to_everybody_exactly_while_the_setting_says_so() {
    for (var open : List.of(false, true, true, false)) {
      try (var gateway =
          RunningGateway.start(
              database, TestServers.kafka(), "--darkroom.access.public-log=" + open)) {
        assertThat(isPublic(gateway)).isEqualTo(open);
      }
    }
  }

  private static boolean isPublic(RunningGateway gateway) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select has_table_privilege('anon', 'public.generation_logs', 'select')
              and exists (select from pg_policies where tablename = 'generation_logs' and 'anon' = any (roles))
            """)
        .query(Boolean.class)
        .single();
  }

  private static int pid(Connection connection) throws SQLException {
    return connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
  }

  private static int applied(RunningGateway gateway) {
    return count(gateway, true);
  }

  private static int failed(RunningGateway gateway) {
    return count(gateway, false);
  }

  private static int count(RunningGateway gateway, boolean success) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select count(*) from darkroom.flyway_schema_history
            where success = :success and version::int >= 900
            """)
        .param("success", success)
        .query(Integer.class)
        .single();
  }
}
