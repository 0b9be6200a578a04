package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.connection.PublicLog;
import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RowLevelSecurityIT {
  private static final String OWNER = "0b7a1f0e-63d9-4c86-9b3c-1f0c2d3e4f50";
  private static final String INSERT_LOG =
      """
      insert into public.generation_logs (request_id, user_id, prompt, status, step)
      values (gen_random_uuid(), 'eve', 'x', 'started', 'x')
      """;
  private static final List<String> CHANGES_OF_LOGS =
      List.of(
          "update public.generation_logs set prompt = 'x'",
          "delete from public.generation_logs",
          "truncate public.generation_logs");
  private static final List<String> DELETIONS_OF_JOBS =
      List.of("delete from public.generation_jobs", "truncate public.generation_jobs");

  private final TestingLedger ledger = TestingLedger.empty();
  private final SingleConnectionDataSource connection =
      new SingleConnectionDataSource(
          ledger.database.url(), ledger.database.owner(), ledger.database.ownerPassword(), true);
  private final JdbcClient client = JdbcClient.create(connection);

  @BeforeEach
  void a_job_and_its_step() {
    ledger.accept(List.of(NewJobFixture.aNewJob()));
    ledger.accept(List.of(NewJobFixture.aNewJobOf(OWNER)));
    ledger
        .asOwner
        .sql("update public.generation_logs set prompt = 'of the owner' where owner = :owner")
        .param("owner", OWNER)
        .update();
  }

  @AfterEach
  void close() {
    connection.destroy();
  }

  /** Found in the catalog, so that a new one can't be forgotten. */
  @ParameterizedTest
  @ValueSource(strings = {"anon", "authenticated", "service_role"})
  void no_role_of_the_api_has_a_right_to_any_table_or_sequence_but_to_read_the_log(String role) {
    var rights =
        client
            .sql(
                """
                select relname || ' ' || privilege as granted
                from pg_class cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'usage'])
                  as privilege
                where relnamespace in ('public'::regnamespace, 'darkroom'::regnamespace)
                  and case when relkind in ('r', 'p', 'v', 'm', 'f') then privilege <> 'usage'
                    and has_table_privilege(:role, oid, case privilege when 'usage' then 'select' else privilege end)
                  when relkind = 'S' then privilege in ('select', 'update', 'usage')
                    and has_sequence_privilege(:role, oid, case when privilege in ('select', 'update', 'usage') then privilege else 'usage' end)
                  else false end
                """)
            .param("role", role)
            .query(String.class)
            .list();

    assertThat(rights)
        .isEqualTo(role.equals("anon") ? List.of() : List.of("generation_logs select"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"anon", "authenticated", "service_role"})
  void every_table_and_sequence_refuses_every_role_of_the_api(String role) {
    var relations =
        client
            .sql(
                """
                select oid::regclass::text from pg_class
                where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
                """)
            .query((row, _) -> row.getString(1))
            .list();
    assertThat(relations).contains("generation_jobs", "generation_logs_seq_seq");
    claim(OWNER);
    client.sql("set role " + role).update();

    for (var relation : relations) {
      if (!relation.equals("generation_logs") || role.equals("anon")) {
        assertRefused(client, "select * from public." + relation);
      }
      assertRefused(client, "truncate public." + relation, "permission denied", "not a table");
    }
    assertRefused(client, INSERT_LOG);
    CHANGES_OF_LOGS.forEach(change -> assertRefused(client, change));
    assertRefused(client, "update public.generation_jobs set user_id = 'eve'");
    DELETIONS_OF_JOBS.forEach(deletion -> assertRefused(client, deletion));
    assertRefused(client, "delete from public.generation_queue");
    assertRefused(client, "update public.generation_webhook_cursor set seq = 0");
    assertRefused(client, "select nextval('public.generation_logs_seq_seq')");
  }

  @Test
  void who_has_signed_in_reads_the_steps_of_their_own_jobs() {
    client.sql("set role authenticated").update();

    claim(OWNER);
    assertThat(prompts()).containsExactly("of the owner");
    claim("4be0643f-1d98-573b-97cd-ca98a65347de");
    assertThat(prompts()).as("of somebody else").isEmpty();
  }

  @Test
  void steps_of_nobody_are_read_by_nobody() {
    client.sql("set role authenticated").update();

    assertThat(prompts()).as("without claims").isEmpty();
    for (var claims : List.of("", "{}", "{\"sub\": \"\"}", "{\"sub\": null}", "null", "[]", "7")) {
      client
          .sql("select set_config('request.jwt.claims', :claims, false)")
          .param("claims", claims)
          .query(String.class)
          .single();
      assertThat(prompts()).as("with the claims %s", claims).isEmpty();
    }
  }

  @Test
  void the_service_role_reads_all_steps() {
    client.sql("set role service_role").update();

    assertThat(prompts()).contains("of the owner").hasSize(2);
  }

  @Test
  void an_open_log_is_read_by_everybody_and_changed_by_nobody() throws SQLException {
    var transaction = connection.getConnection();
    PublicLog.open(transaction);
    try {
      client.sql("set role anon").update();
      assertThat(prompts()).contains("of the owner").hasSize(2);
      assertRefused(client, INSERT_LOG);
      CHANGES_OF_LOGS.forEach(change -> assertRefused(client, change));
    } finally {
      client.sql("reset role").update();
      PublicLog.close(transaction);
    }
  }

  private void claim(String sub) {
    client
        .sql("select set_config('request.jwt.claims', :claims, false)")
        .param("claims", "{\"role\": \"authenticated\", \"sub\": \"%s\"}".formatted(sub))
        .query(String.class)
        .single();
  }

  private List<String> prompts() {
    return client
        .sql("select prompt from public.generation_logs")
        .query((row, _) -> row.getString("prompt"))
        .list();
  }

  @Test
  void the_application_can_neither_change_the_log_nor_delete_jobs() {
    var application = JdbcClient.create(ledger.database.asApplication());

    CHANGES_OF_LOGS.forEach(change -> assertRefused(application, change));
    DELETIONS_OF_JOBS.forEach(deletion -> assertRefused(application, deletion));
    assertRefused(application, "truncate public.generation_idempotency_keys");
    assertRefused(application, "delete from public.generation_limits");
    assertRefused(application, "delete from public.generation_webhook_cursor");
    assertRefused(application, "create table public.own (x int)");
    assertThat(application.sql("delete from public.generation_idempotency_keys").update()).isZero();
  }

  @Test
  void the_application_takes_permits() {
    var limits = new RateLimitStore(ledger.asApplication);
    limits.begin("row-level-security", 60);

    assertThat(limits.take("row-level-security", new PermitRequest(0, 1, null, Duration.ZERO)))
        .hasValueSatisfying(grant -> assertThat(grant.permits()).isOne());
  }

  private static void assertRefused(JdbcClient asker, String statement) {
    assertRefused(asker, statement, "permission denied");
  }

  private static void assertRefused(JdbcClient asker, String statement, String... either) {
    assertThatThrownBy(() -> asker.sql(statement).update())
        .as(statement)
        .rootCause()
        .satisfies(refusal -> assertThat(refusal.getMessage()).containsAnyOf(either));
  }
}
