package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** On a server that knows none of the roles yet: they belong to all of its databases. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationOfNewServerIT {
  private EmbeddedPostgresServer server;
  private JdbcClient superuser;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    server = EmbeddedPostgresServer.start(folder, 0);
    superuser = as("darkroom", server.username(), server.password()).client();
    superuser.sql("create role owner login createrole password 'secret'").update();
  }

  @AfterEach
  void forget_databases_and_roles() {
    superuser.sql("drop database if exists one").update();
    superuser.sql("drop database if exists other").update();
    superuser
        .sql("drop role if exists anon, authenticated, service_role, darkroom_app, reader")
        .update();
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  @Test
  void two_databases_can_be_migrated_at_the_same_moment() throws Exception {
    superuser.sql("create database one").update();
    superuser.sql("create database other").update();
    var one = as("one", server.username(), server.password());
    var other = as("other", server.username(), server.password());

    assertThat(new Race<Integer>().add(1, one::migrate).add(1, other::migrate).run())
        .containsExactly(MigrationFiles.all().size(), MigrationFiles.all().size());
  }

  @Test
  void an_owner_who_is_no_superuser_can_migrate() {
    superuser.sql("create database one owner owner").update();
    var owner = as("one", "owner", "secret");

    assertThat(owner.migrate()).isEqualTo(MigrationFiles.all().size());

    owner
        .client()
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step)
            values (gen_random_uuid(), 'ada', 'a lighthouse', 'started', 'request_received')
            """)
        .update();
    superuser.sql("create role reader login password 'secret' in role service_role").update();
    assertThat(
            as("one", "reader", "secret")
                .client()
                .sql("select count(*) from public.generation_logs")
                .query(Long.class)
                .single())
        .as("rows that the service role sees where it can't bypass row level security")
        .isEqualTo(1);
  }

  private TestingDatabase as(String database, String user, String password) {
    var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.port(), database);
    return new TestingDatabase(url, user, password);
  }
}
