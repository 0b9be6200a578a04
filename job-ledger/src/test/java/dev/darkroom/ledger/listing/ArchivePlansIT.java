package dev.darkroom.ledger.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.ExplainingDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import dev.darkroom.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** How the server reads lists, sums and history of 100,000 jobs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ArchivePlansIT {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final ExplainingDataSource WATCHED =
      new ExplainingDataSource(DATABASE.asApplication());
  private static final TestingLedger LEDGER = new TestingLedger(DATABASE, WATCHED);

  /** One a second; the last 5,000 are open. */
  @BeforeAll
  static void a_hundred_thousand_jobs() {
    DATABASE
        .client()
        .sql(
            """
            with kind as (
              select n, n > 95000 as open, n % 50 = 0 and n <= 95000 as failed,
                overlay(gen_random_uuid()::text placing
                  overlay(lpad(to_hex(:start + n * 1000), 12, '0') placing '-' from 9 for 0) || '-7' from 1 for 15)::uuid as id,
                'user-' || case when n % 100 = 7 then 'rare' else (n % 3)::text end as user_id
              from generate_series(1, 100000) as n),
            job as (
              insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                image_url, image_sha256, image_content_type, image_bytes, error_code, error_message, finished_at)
              select id, user_id, jsonb_build_object('prompt', repeat('x', 200)), '{"parameters": {"model": "sdxl"}}',
                case when open then 'started' when failed then 'failed' else 'completed' end,
                case when open then 0 else 1 end, now(),
                case when not open and not failed then 'x' end, case when not open and not failed then 'x' end,
                case when not open and not failed then 'x' end, case when not open and not failed then 1 end,
                case when failed then 'rejected' end, case when failed then 'No.' end,
                case when not open then now() end
              from kind order by id),
            queued as (
              insert into public.generation_queue (request_id, user_id, state, deadline_at)
              select id, user_id, 'dispatched', now() from kind where open)
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select id, user_id, 'x', case when step = 0 then 'started' when failed then 'failed' else 'completed' end,
              'x', now() - interval '1 day' + n * interval '100 milliseconds'
            from kind cross join generate_series(0, 1) as step where step = 0 or not open
            order by n, step
            """)
        .param("start", START.toEpochMilli())
        .update();
    DATABASE.client().sql("vacuum analyze").update();
  }

  @Test
  void the_newest_jobs_are_read_in_the_order_of_the_primary_key() {
    list(new JobListFilter(null, null, null, null, null));
    assertThatPlanUses("Scan Backward using generation_jobs_pkey")
        .as("in order, so that it stops where the page is full")
        .contains("Merge Append");

    list(new JobListFilter(JobStatus.COMPLETED, null, null, START, START.plusSeconds(900)));
    assertThatPlanUses("using generation_jobs_pkey").contains("Index Cond: ((request_id >= ");
  }

  @Test
  void jobs_of_a_user_and_failed_ones_have_an_index() {
    list(new JobListFilter(null, null, "user-rare", null, null));
    assertThatPlanUses("idx_generation_jobs_user_id");

    list(new JobListFilter(null, "rejected", null, null, null));
    assertThatPlanUses("Scan Backward using idx_generation_jobs_failed");
  }

  @Test
  void open_jobs_are_found_in_the_queue() {
    list(new JobListFilter(JobStatus.PROCESSING, null, null, null, null));

    assertThatPlanUses("Scan Backward using generation_queue_pkey");
  }

  @Test
  void usage_reads_the_jobs_of_its_range_and_the_queue_once() {
    LEDGER.usageQueries.between(
        START, START.plus(Duration.ofHours(1)), Visibility.ALL, null, UsageGrouping.DAY);
    assertThat(WATCHED.plan())
        .contains(
            "Index Scan using generation_jobs_pkey",
            "Hash Cond: (job.request_id = queued.request_id)")
        .doesNotContain("Seq Scan on generation_jobs");

    LEDGER.usageQueries.between(
        START, START.plus(Duration.ofDays(2)), Visibility.ALL, "user-rare", UsageGrouping.MODEL);
    assertThat(WATCHED.plan())
        .contains("idx_generation_jobs_user_id")
        .doesNotContain("Seq Scan on generation_jobs");
  }

  @Test
  void the_history_reads_ends_in_their_order_and_looks_their_jobs_up() {
    LEDGER.historyQueries.read(Optional.empty(), Visibility.ALL, 100);

    assertThatPlanUses("Index Scan using idx_generation_logs_ends")
        .contains("generation_jobs_pkey", "idx_generation_logs_seq")
        .contains("idx_generation_logs_status_created_at");
  }

  private static void list(JobListFilter filter) {
    assertThat(LEDGER.jobListQueries.page(null, filter, Visibility.ALL, 50)).isNotNull();
  }

  private static AbstractStringAssert<?> assertThatPlanUses(String index) {
    return assertThat(WATCHED.plan())
        .contains(index)
        .doesNotContain(
            "Seq Scan on generation_jobs",
            "Seq Scan on generation_queue",
            "Seq Scan on generation_logs");
  }
}
