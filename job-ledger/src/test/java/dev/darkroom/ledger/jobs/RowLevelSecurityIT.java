package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
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
    aQueuedJob().in(ledger);
    ledger.accept(List.of(NewJobFixture.aNewJob()));
  }

  @AfterEach
  void close() {
    connection.destroy();
  }

  @ParameterizedTest
  @ValueSource(strings = {"anon", "authenticated", "service_role"})
  void every_role_of_the_api_reads_the_steps_and_nothing_else(String role) {
    client.sql("set role " + role).update();

    assertThat(client.sql("select count(*) from public.generation_logs").query(Long.class).single())
        .isEqualTo(1);
    assertRefused(client, INSERT_LOG);
    CHANGES_OF_LOGS.forEach(change -> assertRefused(client, change));
    assertRefused(client, "select 1 from public.generation_jobs");
    assertRefused(client, "update public.generation_jobs set user_id = 'eve'");
    DELETIONS_OF_JOBS.forEach(deletion -> assertRefused(client, deletion));
    assertRefused(client, "select 1 from public.generation_queue");
    assertRefused(client, "delete from public.generation_queue");
    assertRefused(client, "select 1 from public.generation_workers");
    assertRefused(client, "select 1 from public.generation_idempotency_keys");
    assertRefused(client, "delete from public.generation_idempotency_keys");
    assertRefused(client, "select 1 from public.generation_limits");
    assertRefused(client, "select 1 from public.generation_webhook_secrets");
    assertRefused(client, "select 1 from public.generation_webhook_deliveries");
    assertRefused(client, "select 1 from public.generation_webhook_endpoints");
    assertRefused(client, "update public.generation_webhook_cursor set seq = 0");
    assertRefused(client, "select 1 from public.generation_api_keys");
    assertRefused(client, "update public.generation_api_keys set revoked_at = null");
  }

  @Test
  void the_application_can_neither_change_the_log_nor_delete_jobs() {
    var application = JdbcClient.create(ledger.database.asApplication());

    CHANGES_OF_LOGS.forEach(change -> assertRefused(application, change));
    DELETIONS_OF_JOBS.forEach(deletion -> assertRefused(application, deletion));
    assertRefused(application, "truncate public.generation_idempotency_keys");
    assertRefused(application, "delete from public.generation_limits");
    assertRefused(application, "delete from public.generation_webhook_cursor");
    assertRefused(application, "delete from public.generation_api_keys");
    assertRefused(application, "update public.generation_api_keys set scopes = '{operate}'");
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
    assertThatThrownBy(() -> asker.sql(statement).update())
        .as(statement)
        .rootCause()
        .hasMessageContaining("permission denied");
  }
}
