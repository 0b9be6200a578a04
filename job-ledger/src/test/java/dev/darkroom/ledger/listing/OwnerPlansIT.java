package dev.darkroom.ledger.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.ExplainingDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
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

/** How the server answers an owner who has few of 50,000 jobs, and whose label others use, too. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OwnerPlansIT {
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final ExplainingDataSource WATCHED =
      new ExplainingDataSource(DATABASE.asApplication());
  private static final TestingLedger LEDGER = new TestingLedger(DATABASE, WATCHED);
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Visibility RARE = Visibility.of("rare");

  @BeforeAll
  static void fifty_thousand_jobs() {
    DATABASE
        .client()
        .sql(
            """
            with kind as (
              select n, n > 49000 as open,
                overlay(gen_random_uuid()::text placing
                  overlay(lpad(to_hex(:start + n * 1000), 12, '0') placing '-' from 9 for 0) || '-7' from 1 for 15)::uuid as id,
                case when n % 500 = 7 then 'rare' when n % 3 = 0 then '' else 'owner-' || n % 5 end as owner
              from generate_series(1, 50000) as n),
            job as (
              insert into public.generation_jobs (request_id, owner, user_id, request, call, status, attempts, deadline_at,
                image_url, image_sha256, image_content_type, image_bytes, finished_at)
              select id, owner, 'ada', jsonb_build_object('prompt', repeat('x', 200)), '{"parameters": {"model": "sdxl"}}',
                case when open then 'started' else 'completed' end, case when open then 0 else 1 end, now(),
                case when not open then 'x' end, case when not open then 'x' end, case when not open then 'x' end,
                case when not open then 1 end, case when not open then now() end
              from kind order by id),
            queued as (
              insert into public.generation_queue (request_id, owner, user_id, state, deadline_at)
              select id, owner, 'ada', 'dispatched', now() from kind where open)
            insert into public.generation_logs (request_id, owner, user_id, prompt, status, step, created_at)
            select id, owner, 'ada', 'x', case step when 0 then 'started' else 'completed' end, 'x',
              now() - interval '2 hours' + n * interval '100 milliseconds'
            from kind cross join generate_series(0, 1) as step where step = 0 or not open
            order by n, step
            """)
        .param("start", START.toEpochMilli())
        .update();
    DATABASE.client().sql("vacuum analyze").update();
  }

  @Test
  void the_newest_jobs_of_an_owner_are_read_without_those_of_others() {
    LEDGER.jobListQueries.page(null, new JobListFilter(null, null, null, null, null), RARE, 50);
    assertThatPlanUses("using idx_generation_jobs_owner on")
        .contains("Index Cond: ((owner = 'rare'::text) AND (request_id");

    LEDGER.jobListQueries.page(
        null, new JobListFilter(JobStatus.COMPLETED, null, "ada", null, null), RARE, 50);
    assertThatPlanUses("idx_generation_jobs_owner");
  }

  @Test
  void the_steps_of_an_owner_are_read_and_counted_without_those_of_others() {
    var all = new LogFilter(null, null, null, null, null, null);
    LEDGER.logQueries.page(LogPosition.START, all, RARE, 50, 0);
    assertThatPlanUses("Backward using idx_generation_logs_owner on");
    LEDGER.logQueries.count(all, RARE);
    assertThatPlanUses("Index Only Scan Backward using idx_generation_logs_owner on");

    LEDGER.logQueries.page(
        LogPosition.START, new LogFilter(null, null, "ada", null, null, "fox"), RARE, 50, 0);
    assertThatPlanUses("on idx_generation_logs_owner ");
  }

  @Test
  void statistics_and_usage_of_an_owner_read_no_rows_of_others() {
    var now = LEDGER.jobStatistics.now();
    WATCHED.plan();
    LEDGER.jobStatistics.between(now.minus(Duration.ofHours(1)), now, RARE);
    assertThatPlanUses("on idx_generation_logs_owner ");
    LEDGER.jobStatistics.failures(now.minus(Duration.ofHours(1)), now, RARE);
    assertThatPlanUses("idx_generation_logs_");

    LEDGER.usageQueries.between(
        START, START.plus(Duration.ofHours(20)), RARE, null, UsageGrouping.MODEL);
    assertThat(WATCHED.plan())
        .contains("idx_generation_jobs_owner")
        .doesNotContain("Seq Scan on generation_jobs");
  }

  @Test
  void the_history_of_an_owner_reads_no_ends_of_others() {
    LEDGER.historyQueries.read(Optional.empty(), RARE, 20);

    assertThatPlanUses("idx_generation_logs_owner_ends").doesNotContain("idx_generation_logs_ends");
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
