package dev.darkroom.ledger.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.ExplainingDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How the server answers with many steps and deliveries, most of which are over. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhookPlansIT {
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final ExplainingDataSource WATCHED =
      new ExplainingDataSource(DATABASE.asApplication());
  private static final JdbcClient CLIENT = JdbcClient.create(WATCHED);

  private final DeliveryQueries queries = new DeliveryQueries(CLIENT, CLIENT);

  @BeforeAll
  static void many_deliveries() {
    var owner = DATABASE.client();
    owner
        .sql(
            """
            with job as (
              insert into public.generation_jobs (request_id, user_id, request, call, deadline_at, webhook)
              select gen_random_uuid(), 'user-' || n % 100, '{"prompt": "a"}', '{"parameters": {}}', now(),
                '{"url": "https://example.com/hooks", "events": ["started"]}'
              from generate_series(1, 10000) as n
              returning request_id, user_id)
            insert into public.generation_logs (request_id, user_id, prompt, status, step)
            select request_id, user_id, 'a', 'started', 'request_received' from job
            """)
        .update();
    owner
        .sql(
            """
            with endpoint as (
              insert into public.generation_webhook_endpoints (user_id, address, lane)
              select 'user-' || n, 'https://example.com/hooks', gen_random_uuid() from generate_series(0, 99) as n
              returning endpoint_id, user_id, lane)
            insert into public.generation_webhook_deliveries
              (delivery_id, request_id, user_id, endpoint_id, lane, url, event, body, occurred_at, state, give_up_at)
            select log.id, log.request_id, log.user_id, endpoint_id, lane, 'https://example.com/hooks', 'started', '{}',
              created_at, case when seq % 10 = 0 then 'waiting' else 'delivered' end, now()
            from public.generation_logs as log join endpoint using (user_id)
            """)
        .update();
    owner
        .sql(
            """
            update public.generation_webhook_cursor
            set seq = (select max(seq) - 1000 from public.generation_logs)
            """)
        .update();
    owner.sql("vacuum analyze").update();
  }

  @Test
  void new_steps_and_their_jobs_are_looked_up() {
    new EventCollector(CLIENT).collect(100, "", Duration.ofHours(24));

    assertThatPlan("idx_generation_logs_seq", "generation_jobs_pkey");
  }

  @Test
  void due_deliveries_are_read_from_lane_to_lane() {
    new DeliveryStore(CLIENT).reserveDue(new SendingRoom(32, 16, 4), Duration.ofMinutes(1));

    assertThatPlan(
        "idx_generation_webhook_deliveries_due", "idx_generation_webhook_deliveries_lane");
  }

  @Test
  void deliveries_of_a_job_and_old_ones_are_looked_up() {
    queries.ofJob(new RequestId(UUID.randomUUID()), Visibility.ALL, 10);
    assertThatPlan("idx_generation_webhook_deliveries_request_id");

    queries.forgetOld(Duration.ofDays(30), 100);
    assertThatPlan("generation_webhook_deliveries_pkey");
  }

  @Test
  void what_waits_is_counted_without_what_is_over() {
    queries.count();

    assertThatPlan("idx_generation_webhook_deliveries_due");
  }

  private static void assertThatPlan(String... indexes) {
    assertThat(WATCHED.plan())
        .contains(indexes)
        .doesNotContain(
            "Seq Scan on generation_logs",
            "Seq Scan on generation_jobs",
            "Seq Scan on generation_webhook_deliveries");
  }
}
