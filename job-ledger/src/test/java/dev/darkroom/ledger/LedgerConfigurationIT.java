package dev.darkroom.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.testservers.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What gateway and worker import, with nothing but a {@code DATABASE_URL}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerConfigurationIT {

  @Test
  void a_url_as_supabase_shows_it_is_all_that_is_needed() {
    var database = TestingDatabase.migrated();
    var url = database.url().replace("jdbc:postgresql://", "postgresql://darkroom_login:secret@");

    try (var application =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                "spring.config.import=classpath:job-ledger.yml",
                "spring.application.name=darkroom-test")
            .run("--DATABASE_URL=" + url)) {
      var job = NewJobFixture.aNewJob();
      application.getBean(AcceptJobs.class).accept(List.of(job));

      assertThat(application.getBean(FindJobs.class).find(job.id())).isPresent();
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
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.import=classpath:job-ledger.yml")
            .run("--DATABASE_URL=" + url)) {
      var accept = application.getBean(AcceptJobs.class);
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
  static class Application {}
}
