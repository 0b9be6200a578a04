package dev.darkroom.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJobFixture;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TransactionPooler;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What gateway and worker import, with nothing but a {@code DATABASE_URL}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class LedgerConfigurationIT {

  @Test
  void a_url_as_supabase_shows_it_is_all_that_is_needed() {
    var database = TestingDatabase.migrated();
    var url = database.url().replace("jdbc:postgresql://", "postgresql://darkroom_login:secret@");

    try (var application =
        new SpringApplicationBuilder(TestingLedgerApplication.class)
            .web(WebApplicationType.NONE)
            .properties(
                "spring.config.import=classpath:job-ledger.yml",
                "spring.application.name=darkroom-test")
            .run("--DATABASE_URL=" + url)) {
      var job = NewJobFixture.aNewJob();
      application.getBean(JobStore.class).accept(List.of(job));

      assertThat(application.getBean(JobQueries.class).find(job.id(), Visibility.ALL)).isPresent();
      assertThat(setting(application.getBean(JdbcClient.class), "application_name"))
          .isEqualTo("darkroom-test");
      assertThat(application.getBean(JdbcTemplate.class).getQueryTimeout()).isEqualTo(5);
      var pool = application.getBean(HikariDataSource.class);
      assertThat(pool.getConnectionTimeout()).isEqualTo(3_000);
      assertThat(pool.getDataSourceProperties()).containsEntry("socketTimeout", "6");
    }
  }

  @Test
  void a_server_that_takes_no_writes_any_more_is_left() throws SQLException {
    var database = TestingDatabase.migrated();
    var server = new TestDatabase(database.url(), database.owner(), database.ownerPassword());
    var url = database.url().replace("jdbc:postgresql://", "postgresql://darkroom_login:secret@");
    try (var application =
        new SpringApplicationBuilder(TestingLedgerApplication.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.import=classpath:job-ledger.yml")
            .run("--DATABASE_URL=" + url)) {
      var accept = application.getBean(JobStore.class);
      server.refuseWrites();
      server.endSessions();
      await()
          .untilAsserted(() ->
              assertThatThrownBy(() -> accept.accept(List.of(NewJobFixture.aNewJob())))
                  .hasMessageContaining("read-only"));

      server.takeWritesAgain(); // for new sessions; the pool's own go on for half an hour
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(DataAccessException.class)
          .until(() -> !accept.accept(List.of(NewJobFixture.aNewJob())).isEmpty());
    }
  }

  @Test
  void behind_a_pooler_in_transaction_mode_no_statement_is_prepared_on_the_server() {
    assumeTrue(TransactionPooler.isInstalled(), "PgBouncer is not installed here");
    var database = TestingDatabase.migrated();
    var server = new TestDatabase(database.url(), database.owner(), database.ownerPassword());
    try (var pooler = TransactionPooler.before(server, 3);
        var application =
            start(pooler.database(), "--spring.datasource.hikari.maximum-pool-size=8");
        var clients = Executors.newFixedThreadPool(8)) {
      var accept = application.getBean(JobStore.class);
      var jobs =
          IntStream.range(0, 200)
              .mapToObj(_ ->
                  CompletableFuture.supplyAsync(
                      () -> accept.accept(List.of(NewJobFixture.aNewJob())), clients))
              .toList();
      assertThat(jobs).allSatisfy(job -> assertThat(job.join()).hasSize(1));
      assertThat(threshold(application)).isZero();
    }
  }

  @Test
  void without_a_pooler_statements_are_prepared() {
    var database = TestingDatabase.migrated();
    var server = new TestDatabase(database.url(), database.owner(), database.ownerPassword());
    try (var application = start(server)) {
      assertThat(threshold(application)).isPositive();
    }
  }

  @Test
  void a_database_whose_commits_are_not_durable_is_spoken_of(CapturedOutput output) {
    var database = TestingDatabase.migrated();
    var server = new TestDatabase(database.url(), database.owner(), database.ownerPassword());
    database
        .client()
        .sql(
            """
            do $$ begin
              execute format('alter database %I set synchronous_commit = off', current_database());
            end $$
            """)
        .update();
    try (var application = start(server)) {
      var health = requireNonNull(application.getBean("ledger", HealthIndicator.class).health());
      assertThat(health.getStatus()).isEqualTo(Status.UP);
      assertThat(health.getDetails().get("notDurable"))
          .asInstanceOf(list(String.class))
          .contains("synchronous_commit");
      await()
          .untilAsserted(() ->
              assertThat(output)
                  .contains("commits of the database are not durable")
                  .contains("synchronous_commit"));
    }
  }

  private static ConfigurableApplicationContext start(TestDatabase database, String... more) {
    return new SpringApplicationBuilder(TestingLedgerApplication.class)
        .web(WebApplicationType.NONE)
        .properties("spring.config.import=classpath:job-ledger.yml")
        .run(
            Stream.concat(
                    Stream.of(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.username(),
                        "--spring.datasource.password=" + database.password()),
                    Stream.of(more))
                .toArray(String[]::new));
  }

  private static int threshold(ConfigurableApplicationContext application) {
    try (var connection = application.getBean(HikariDataSource.class).getConnection()) {
      return connection.unwrap(PGConnection.class).getPrepareThreshold();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String setting(JdbcClient database, String name) {
    return database
        .sql("select current_setting(:name)")
        .param("name", name)
        .query((row, _) -> row.getString(1))
        .single();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(LedgerConfiguration.class)
  static class TestingLedgerApplication {}
}
