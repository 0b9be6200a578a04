package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.BUILD;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How the server answers, with 20,000 jobs in the ledger, half of which have ended. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerPlansIT {
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final ExplainingDataSource WATCHED =
      new ExplainingDataSource(DATABASE.asApplication());
  private static final TestingLedger LEDGER = new TestingLedger(DATABASE, WATCHED);

  private final Attempt attempt =
      new Attempt(new RequestId(UUID.randomUUID()), 1, WORKER, UUID.randomUUID());

  @BeforeAll
  static void twenty_thousand_jobs() {
    DATABASE
        .client()
        .sql(
            """
            with kind as (
              select gen_random_uuid() as id, n, n % 4 as part, case n % 1000 when 40 then 'bob' else 'ada' end as user_id
              from generate_series(1, 20000) as n),
            job as (
              insert into public.generation_jobs
                (request_id, user_id, request, call, status, attempts, deadline_at, error_code, error_message, finished_at)
              select id, user_id, :request::jsonb, '{"parameters": {}}', case when part > 1 then 'failed' else 'started' end,
                case when part > 1 then 1 else 0 end, now() + n * interval '1 s',
                case when part > 1 then 'outage' end, case when part > 1 then 'It was down.' end,
                case when part > 1 then now() end
              from kind),
            worker as (
              insert into public.generation_workers (worker_id, lease_until)
              select 'worker-' || n, now() + n * interval '1 ms' from generate_series(0, 19) as n)
            insert into public.generation_queue
              (request_id, user_id, state, turn, attempt, worker_id, claim_token, publish_after, enqueued_at, deadline_at)
            select id, user_id,
              case when part > 1 then 'ended' when part = 1 then 'claimed' when n % 8 > 0 then 'dispatched' else 'in_line' end,
              case when n % 8 = 0 then n end, least(part, 1),
              case when part > 0 then 'worker-' || n % 20 end, case when part > 0 then id end,
              now() + n * interval '1 ms', case when n % 3 > 0 then now() end, now() + n * interval '1 s'
            from kind
            where part < 2 or n % 100 = 99
            """)
        .param("request", JsonMapper.builder().build().writeValueAsString(REQUEST))
        .update();
    DATABASE
        .client()
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select request_id, 'user-' || n % 1000, 'a lighthouse',
              case when n between 10 and 200 then 'failed' else 'started' end, 'request_received',
              now() - interval '1 day' + n * interval '1 s'
            from (select request_id, row_number() over () as n from public.generation_jobs) as job
            """)
        .update();
    DATABASE.client().sql("vacuum analyze").update();
  }

  @Test
  void a_claim_looks_its_jobs_up() {
    var ids = Stream.generate(() -> new RequestId(UUID.randomUUID())).limit(8);
    LEDGER.claim(WORKER, Duration.ofSeconds(30), ids.toList());

    assertThatPlanUses("generation_queue_pkey").contains("generation_jobs_pkey");
  }

  @Test
  void a_heartbeat_reads_what_its_worker_holds() {
    LEDGER.workerStore.heartbeat(WORKER, Duration.ofSeconds(30), BUILD);

    assertThatPlanUses("idx_generation_queue_claimed");
  }

  @Test
  void what_a_worker_gives_up_is_looked_up() {
    LEDGER.workerStore.abandon(List.of(attempt));

    assertThatPlanUses("generation_queue_pkey");
  }

  @Test
  void an_ending_looks_its_job_up() {
    LEDGER.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());

    assertThatPlanUses("generation_queue_pkey").contains("generation_jobs_pkey");
  }

  @Test
  void a_reservation_reads_due_jobs_in_order() {
    LEDGER.jobOutbox.reserveDue(10);

    assertThatPlanUses("idx_generation_queue_dispatched")
        .contains(" AND (publish_after <= (now() - ");
  }

  @Test
  void the_end_of_a_line_is_looked_up_without_the_lines_of_others() {
    LEDGER.jobStore.accept(List.of(NewJobFixture.aNewJob()), 0);
    assertThatPlanUses("Backward using idx_generation_queue_line");

    LEDGER.fairQueue.drawForDue(10);
    assertThatPlanUses(" AND (publish_after <= now()))")
        .contains("using idx_generation_queue_line");
  }

  @Test
  void jobs_are_let_go_in_order_and_those_before_them_counted_no_further_than_the_window() {
    LEDGER.fairQueue.dispatch(100, 100, 10);

    assertThat(WATCHED.plan())
        .contains("using idx_generation_queue_turn", "using idx_generation_queue_dispatched")
        .doesNotContain("Seq Scan on generation_jobs");
  }

  @Test
  void a_reservation_of_events_reads_those_that_were_missed() {
    LEDGER.eventOutbox.reserveUnpublished(10);

    assertThatPlanUses("idx_generation_queue_ended")
        .contains("Index Cond: ((publish_after >= ", " AND (publish_after <= now()))");
  }

  @Test
  void groups_look_their_jobs_up() {
    LEDGER.groupStore.endFinished(10);
    assertThatPlanUses("idx_generation_jobs_group_id");
    LEDGER.groupStore.reserveUnpublished(10);
    assertThatPlanUses("idx_generation_jobs_group_id");
    LEDGER.groupStore.deleteWithoutJobs(Duration.ofDays(1), 10);
    assertThatPlanUses("idx_generation_jobs_group_id");
    LEDGER.jobQueries.findGroup(attempt.requestId(), Visibility.ALL);
    assertThatPlanUses("idx_generation_jobs_group_id");
  }

  @Test
  void a_replay_reads_the_ends_since_the_retention_and_looks_their_jobs_up() {
    LEDGER.eventOutbox.remember("plans", "first");
    LEDGER.eventOutbox.remember("plans", "second");
    WATCHED.plan();

    LEDGER.eventOutbox.replay("plans", Duration.ofDays(7), 10);

    assertThatPlanUses("idx_generation_logs_status_created_at")
        .contains("created_at > (InitPlan", "generation_jobs_pkey");
  }

  @Test
  void marks_look_their_jobs_up() {
    var due = LEDGER.accept(List.of(NewJobFixture.aNewJob()));
    WATCHED.plan();

    LEDGER.jobOutbox.markEnqueued(due);
    assertThatPlanUses("generation_queue_pkey");

    LEDGER.eventOutbox.markPublished(List.of(due.getFirst().message().requestId()));
    assertThatPlanUses("generation_queue_pkey");
  }

  @Test
  void a_rescue_reads_what_is_claimed() {
    LEDGER.rescue(1);
    LEDGER.jobQueries.findOverdueAttempts(1);

    assertThatPlanUses("idx_generation_queue_claimed");
  }

  @Test
  void the_end_of_overdue_jobs_reads_deadlines_in_order() {
    LEDGER.endOverdue(10);

    assertThatPlanUses("idx_generation_queue_deadline")
        .contains("Index Cond: (deadline_at <= now())");
  }

  @Test
  void counting_open_jobs_reads_none_that_has_ended() {
    LEDGER.jobQueries.countOpen(Visibility.ALL);

    assertThat(WATCHED.plan()).doesNotContain("generation_jobs");
  }

  @Test
  void a_place_in_the_queue_is_counted_in_the_indexes_of_those_that_wait() {
    LEDGER.queuePositions.positionIfWaiting(
        new RequestId(
            DATABASE
                .client()
                .sql("select request_id from public.generation_queue where turn > 10000 limit 1")
                .query(UUID.class)
                .single()));
    assertThatPlanUses("using idx_generation_queue_turn")
        .contains("using generation_queue_pkey", "using idx_generation_queue_dispatched");

    LEDGER.queuePositions.pace();
    assertThatPlanUses("idx_generation_logs_").contains("created_at > (now()");
  }

  @Test
  void minutes_and_the_latest_attempts_are_read_without_older_steps() {
    var now = LEDGER.jobStatistics.now();
    WATCHED.plan();
    LEDGER.jobStatistics.between(now.minusSeconds(120), now, Visibility.ALL);
    assertThatPlanUses("idx_generation_logs_");

    LEDGER.jobStatistics.failures(now.minusSeconds(120), now, Visibility.ALL);
    assertThatPlanUses("idx_generation_logs_");

    LEDGER.recentAttempts.latest(Duration.ofMinutes(5), 20);
    assertThatPlanUses("idx_generation_logs_status_created_at")
        .contains("idx_generation_logs_request_id");

    LEDGER.recentAttempts.activity();
    assertThatPlanUses("idx_generation_logs_status_created_at")
        .contains("idx_generation_queue_claimed", "idx_generation_queue_deadline");
  }

  @Test
  void a_text_is_searched_in_the_newest_rows_of_its_other_filters() {
    var lighthouse = new LogFilter(null, null, "user-7", null, null, "lighthouse");
    LEDGER.logQueries.page(LogPosition.START, lighthouse, Visibility.ALL, 50, 0);
    assertThatPlanUses("idx_generation_logs_user_id").doesNotContain("Filter: (user_id");

    LEDGER.logQueries.count(lighthouse, Visibility.ALL);
    assertThatPlanUses("idx_generation_logs_user_id");

    LEDGER.logQueries.page(
        LogPosition.START,
        new LogFilter(null, null, null, null, null, "lighthouse"),
        Visibility.ALL,
        50,
        0);
    assertThatPlanUses("idx_generation_logs_created_at");
  }

  @Test
  void a_job_and_the_steps_of_a_request_are_looked_up() {
    LEDGER.jobQueries.find(NewJobFixture.aNewJob().id(), Visibility.ALL);
    assertThatPlanUses("generation_jobs_pkey");

    var request =
        DATABASE
            .client()
            .sql("select request_id from public.generation_logs limit 1")
            .query(UUID.class)
            .single();
    read(new LogFilter(new RequestId(request), null, null, null, null, null));
    assertThatPlanUses("idx_generation_logs_request_id");
  }

  @Test
  void the_newest_steps_are_read_in_order_and_counted_in_an_index() {
    read(new LogFilter(null, null, null, null, null, null));

    assertThatPlanUses("Index Scan Backward using idx_generation_logs_created_at");
  }

  @Test
  void the_newest_steps_of_a_user_are_read_and_counted_without_those_of_others() {
    read(new LogFilter(null, null, "user-7", null, null, null));

    assertThatPlanUses("Index Only Scan Backward using idx_generation_logs_user_id_created_at")
        .doesNotContain("Filter: (user_id"); // nobody else's rows are read
  }

  @Test
  void the_newest_steps_with_a_status_are_read_without_others_however_long_ago_they_were() {
    read(new LogFilter(null, JobStatus.FAILED, null, null, null, null));

    assertThatPlanUses("Index Only Scan Backward using idx_generation_logs_status_created_at")
        .doesNotContain("Filter: (status");
  }

  @Test
  void the_end_of_the_log_and_what_comes_after_a_step_are_looked_up() {
    var tail = new LogTail(LEDGER.stepQueries, () -> Instant.EPOCH);
    tail.next();
    assertThatPlanUses("Scan Backward using idx_generation_logs_seq")
        .contains("Index Scan using idx_generation_logs_seq")
        .doesNotContain("Seq Scan");
  }

  @Test
  void the_steps_of_requests_and_users_after_a_step_are_read_without_those_of_others() {
    var request = new RequestId(UUID.randomUUID());
    LEDGER.stepQueries.ofRequests(List.of(request), 10_000, 20_000, 200);
    LEDGER.stepQueries.endedUpTo(20_000, List.of(request));
    assertThatPlanUses("idx_generation_logs_request_id");

    LEDGER.stepQueries.ofUser("user-7", Visibility.ALL, 0, 20_000, 200);
    assertThatPlanUses("idx_generation_logs_user_id");

    LEDGER.stepQueries.committedBefore(20_000);
    assertThatPlanUses("idx_generation_logs_created_at").contains("idx_generation_logs_seq");
  }

  @Test
  void a_page_within_a_range_and_after_a_place_reads_its_part_of_an_index() {
    var noon = Instant.parse("2026-11-24T12:00:00Z");
    var filter = new LogFilter(null, JobStatus.FAILED, null, noon.minusSeconds(60), noon, null);
    LEDGER.logQueries.page(LogPosition.of(noon.minusSeconds(9), 7), filter, Visibility.ALL, 50, 0);

    assertThatPlanUses("idx_generation_logs_")
        .contains("created_at >= '2026-11-24 11:59:00+00'")
        .contains("created_at <= '2026-11-24 11:59:51+00'");
  }

  @Test
  void rows_are_counted_in_an_index_of_their_filter() {
    for (var filter :
        List.of(
            new LogFilter(null, JobStatus.STARTED, null, null, null, null),
            new LogFilter(null, null, null, null, null, null))) {
      LEDGER.logQueries.count(filter, Visibility.ALL);
      assertThatPlanUses("Index Only Scan Backward using idx_generation_logs_");
    }
  }

  private static void read(LogFilter filter) {
    LEDGER.logQueries.page(LogPosition.START, filter, Visibility.ALL, 50, 0);
    LEDGER.logQueries.count(filter, Visibility.ALL);
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
