package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.connection.PublicLog;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MigrationIT {
  private static final List<Resource> FILES = MigrationFiles.all();
  private static final Resource SERVICE_BEFORE =
      new ClassPathResource("service-before.sql", MigrationIT.class);

  private final TestingDatabase database = TestingDatabase.blank();
  private final JdbcClient client = database.client();

  @Test
  void an_empty_database_gets_all_that_the_service_before_had() {
    var before = TestingDatabase.blank();
    before.run(SERVICE_BEFORE);

    assertThat(database.migrate()).isEqualTo(FILES.size());
    assertThat(database.migrate()).isZero();

    assertThat(columns(client)).containsAll(columns(before.client()));
    assertThat(checks(client)).containsAll(checks(before.client()));
    assertThat(indexed(client)).containsAll(indexed(before.client()));
    assertThatEveryTableHasRowLevelSecurity();
  }

  @Test
  void the_files_can_be_run_by_hand_and_again_and_then_by_flyway() {
    for (var round = 0; round < 2; round++) {
      FILES.forEach(database::run);
    }

    assertThat(database.migrate()).isEqualTo(FILES.size());

    assertThatEveryTableHasRowLevelSecurity();
    assertThat(policies())
        .contains("Owners read their own steps", "Darkroom keeps the ledger")
        .doesNotContain("Allow read-only access for anonymous users")
        .doesNotHaveDuplicates();
  }

  /** Whoever closed the log must not find it open after the next release. */
  @Test
  void a_policy_of_the_log_that_an_operator_dropped_stays_dropped_when_a_file_runs_again() {
    FILES.forEach(database::run);
    var before = policiesOfLog();
    before.forEach(policy ->
        client.sql("drop policy \"%s\" on public.generation_logs".formatted(policy)).update());

    FILES.forEach(database::run);

    assertThat(before).hasSize(4);
    assertThat(policiesOfLog()).isEmpty();
    assertThatEveryTableHasRowLevelSecurity();
  }

  @Test
  void what_the_service_before_let_everybody_do_never_comes_back() {
    database.run(SERVICE_BEFORE);
    for (var round = 0; round < 2; round++) {
      for (var file : FILES) {
        database.run(file);
        assertThat(policies())
            .as("after %s", file.getFilename())
            .doesNotContain(
                "Allow all operations for authenticated users",
                "Allow read-only access for authenticated users",
                "Allow read-only access for anonymous users");
      }
    }
  }

  @Test
  void a_log_that_an_operator_opened_stays_open_when_a_file_runs_again() {
    FILES.forEach(database::run);
    assertThat(anonMayRead()).isFalse();
    inTransaction(PublicLog::open);
    inTransaction(PublicLog::open);
    assertThat(anonMayRead()).isTrue();

    FILES.forEach(database::run);
    assertThat(policiesOfLog()).contains("Everybody reads the steps");
    assertThat(anonMayRead()).isTrue();

    inTransaction(PublicLog::close);
    inTransaction(PublicLog::close);
    assertThat(policiesOfLog()).doesNotContain("Everybody reads the steps").hasSize(4);
    assertThat(anonMayRead()).isFalse();
  }

  @Test
  void two_gateways_can_open_the_log_at_the_same_moment() throws Exception {
    FILES.forEach(database::run);

    new Race<Boolean>()
        .add(
            5,
            () -> {
              inTransaction(PublicLog::open);
              return true;
            })
        .run();

    assertThat(policiesOfLog()).containsOnlyOnce("Everybody reads the steps");
  }

  private void inTransaction(Consumer<Connection> change) {
    try (var connection = database.asOwner().getConnection()) {
      connection.setAutoCommit(false);
      change.accept(connection);
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean anonMayRead() {
    return client
        .sql("select has_table_privilege('anon', 'public.generation_logs', 'select')")
        .query(Boolean.class)
        .single();
  }

  private List<String> policiesOfLog() {
    return client
        .sql("select policyname from pg_policies where tablename = 'generation_logs'")
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Test
  void the_table_of_the_service_before_is_taken_over_with_its_rows() {
    database.run(SERVICE_BEFORE);

    database.migrate();

    assertThat(policies())
        .doesNotContain(
            "Allow all operations for authenticated users",
            "Allow read-only access for anonymous users")
        .contains("Owners read their own steps");
    assertThatEveryTableHasRowLevelSecurity();
    assertThat(
            client
                .sql("select count(distinct seq) from public.generation_logs")
                .query(Long.class)
                .single())
        .isEqualTo(3);
    var logs =
        new JobQueries(client, client, new LedgerJson(JsonMapper.builder().build()))
            .steps(client, new RequestId(UUID.fromString("5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0001")));
    assertThat(logs)
        .extracting(LogEntry::step)
        .containsExactly("request_received", "calling_nebius_api", "image_generated");
  }

  @Test
  void documents_are_not_sampled_when_a_table_grows() {
    database.migrate();

    assertThat(
            client
                .sql(
                    """
                    select attrelid::regclass || '.' || attname from pg_attribute
                    where attrelid in ('generation_jobs'::regclass, 'generation_queue'::regclass, 'generation_logs'::regclass)
                      and atttypid = 'jsonb'::regtype and attstattarget is distinct from 0
                    """)
                .query(String.class)
                .list())
        .isEmpty();
  }

  @Test
  void a_status_of_its_own_is_refused_as_before() {
    database.migrate();

    assertThatThrownBy(() ->
            client
                .sql(
                    """
                    insert into public.generation_logs (request_id, user_id, prompt, status, step)
                    values (gen_random_uuid(), 'ada', 'a lighthouse', 'cancelled', 'x')
                    """)
                .update())
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void flyways_history_is_where_no_browser_can_reach_it() {
    database.migrate();

    assertThat(
            client
                .sql(
                    "select schemaname || '.' || tablename from pg_tables where tablename like"
                        + " 'flyway%'")
                .query((row, _) -> row.getString(1))
                .list())
        .containsExactly("darkroom.flyway_schema_history");
  }

  private void assertThatEveryTableHasRowLevelSecurity() {
    assertThat(
            client
                .sql(
                    "select tablename from pg_tables where schemaname = 'public' and not"
                        + " rowsecurity")
                .query((row, _) -> row.getString(1))
                .list())
        .isEmpty();
  }

  private List<String> policies() {
    return client
        .sql("select policyname from pg_policies")
        .query((row, _) -> row.getString(1))
        .list();
  }

  private static List<String> columns(JdbcClient client) {
    return client
        .sql(
            """
            select concat_ws(' ', column_name, data_type, is_nullable, column_default is not null)
            from information_schema.columns where table_name = 'generation_logs'
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }

  private static List<String> checks(JdbcClient client) {
    return client
        .sql(
            """
            select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
            where conrelid = 'public.generation_logs'::regclass
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** The columns with which an index begins. */
  private static List<String> indexed(JdbcClient client) {
    return client
        .sql(
            """
            select attname from pg_index
            join pg_attribute on attrelid = indrelid and attnum = indkey[0]
            where indrelid = 'public.generation_logs'::regclass
            """)
        .query((row, _) -> row.getString(1))
        .list();
  }
}
