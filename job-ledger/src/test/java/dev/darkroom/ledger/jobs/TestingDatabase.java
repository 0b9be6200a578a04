package dev.darkroom.ledger.jobs;

import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database of its own, with an owner and a login for the application. */
public record TestingDatabase(String url, String owner, String ownerPassword) {
  /** A login without any right but its membership of {@code darkroom_app}. */
  public static final String APPLICATION = "darkroom_login";

  public static final String PASSWORD = "secret";

  public static TestingDatabase blank() {
    TestDatabase fresh = TestServers.freshDatabase();
    return new TestingDatabase(fresh.jdbcUrl(), fresh.username(), fresh.password());
  }

  public static TestingDatabase migrated() {
    var database = blank();
    database.migrate();
    database.admitApplication();
    return database;
  }

  /** As the gateway does it; see job-ledger.yml. */
  public int migrate() {
    return Flyway.configure()
        .dataSource(asOwner())
        .defaultSchema("darkroom")
        .load()
        .migrate()
        .migrationsExecuted;
  }

  /** By hand, as in an SQL editor: all of the file in one go. */
  public void run(Resource file) {
    try {
      new JdbcTemplate(asOwner()).execute(file.getContentAsString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void admitApplication() {
    client()
        .sql(
            """
            do $$
            begin
              if not exists (select from pg_roles where rolname = 'darkroom_login') then
                create role darkroom_login login password 'secret' in role darkroom_app;
              end if;
            end
            $$
            """)
        .update();
  }

  public DataSource asOwner() {
    return new DriverManagerDataSource(url, owner, ownerPassword);
  }

  public DataSource asApplication() {
    return new DriverManagerDataSource(url, APPLICATION, PASSWORD);
  }

  public JdbcClient client() {
    return JdbcClient.create(asOwner());
  }
}
