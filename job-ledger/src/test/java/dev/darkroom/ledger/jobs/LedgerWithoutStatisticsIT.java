package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.BUILD;
import static dev.darkroom.ledger.jobs.JobFixture.CLAIM;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * What statements read in a ledger that filled up after they were planned, and that PostgreSQL has
 * not looked at since.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerWithoutStatisticsIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final int OFTEN_ENOUGH_FOR_A_PLAN_THAT_STAYS = 12;
  private static final int BATCH = 8;

  /** The earliest row of each state, for the look at where they begin. */
  private static final long EDGES = 4;

  private static final long READ_OF_EACH_JOB = 6;

  private static SingleConnectionDataSource source;
  private static TestingLedger ledger;

  @BeforeAll
  static void three_thousand_jobs_come_after_the_plans() throws SQLException {
    for (var table :
        List.of(
            "generation_jobs",
            "generation_queue",
            "generation_workers",
            "generation_logs",
            "generation_turns")) {
      DATABASE
          .client()
          .sql("alter table public.%s set (autovacuum_enabled = false)".formatted(table))
          .update();
    }
    source = new SingleConnectionDataSource(DATABASE.asApplication().getConnection(), true);
    ledger = new TestingLedger(DATABASE, source);
    emptyTheQueueAsItIsAtNight();
    for (var i = 0; i < OFTEN_ENOUGH_FOR_A_PLAN_THAT_STAYS; i++) {
      aJobGoesAllTheWay();
    }
    DATABASE
        .client()
        .sql(
            """
            with job as (
              insert into public.generation_jobs (request_id, user_id, request, call, deadline_at)
              select gen_random_uuid(), 'ada', :request::jsonb, '{"parameters": {}}', now() + interval '1 hour'
              from generate_series(1, 3000)
              returning request_id, user_id, deadline_at),
            kind as (select *, row_number() over () as n from job)
            insert into public.generation_queue
              (request_id, user_id, state, turn, attempt, worker_id, claim_token, publish_after, enqueued_at, deadline_at)
            select request_id, user_id, case n % 3 when 0 then 'dispatched' when 1 then 'in_line' else 'claimed' end,
              case n % 3 when 1 then n end, case n % 3 when 2 then 1 else 0 end,
              case n % 3 when 2 then :worker end, case n % 3 when 2 then :claim end,
              case n % 3 when 0 then now() + interval '1 hour' else 'infinity' end,
              case when n % 3 <> 1 then now() end, deadline_at
            from kind
            """)
        .param("request", JsonMapper.builder().build().writeValueAsString(REQUEST))
        .param("worker", WORKER)
        .param("claim", CLAIM)
        .update();
  }

  /** Many have gone through it, and it was vacuumed since. */
  private static void emptyTheQueueAsItIsAtNight() {
    DATABASE
        .client()
        .sql(
            """
            insert into public.generation_queue (request_id, user_id, state, deadline_at)
            select gen_random_uuid(), 'ada', 'dispatched', now() from generate_series(1, 3000)
            """)
        .update();
    DATABASE.client().sql("delete from public.generation_queue").update();
    DATABASE.client().sql("vacuum analyze public.generation_queue").update();
  }

  @AfterAll
  static void close() {
    source.destroy();
  }

  private static void aJobGoesAllTheWay() {
    var due = ledger.accept(List.of(NewJobFixture.aNewJob()));
    ledger.jobOutbox.markEnqueued(due);
    var job = due.getFirst().message().requestId();
    var attempts = claim(List.of(job));
    ledger.workerStore.heartbeat(WORKER, LEASE, BUILD);
    attempts.forEach(LedgerWithoutStatisticsIT::complete);
    ledger.eventOutbox.markPublished(List.of(job));
    ledger.jobStore.accept(List.of(NewJobFixture.aNewJob()), 0);
    ledger.fairQueue.drawForDue(1);
    ledger.fairQueue.dispatch(1_000, 1_000, 1);
  }

  private static List<Attempt> claim(List<RequestId> jobs) {
    return ledger.claim(WORKER, LEASE, jobs).stream().map(ClaimedJob::attempt).toList();
  }

  private static Optional<FinishedJob> complete(Attempt attempt) {
    return ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());
  }

  @Test
  void a_claim_reads_its_jobs() throws SQLException {
    var jobs = jobs("state = 'dispatched' limit " + BATCH);

    assertReadsOnly(BATCH, () -> assertThat(claim(jobs)).hasSize(BATCH));
  }

  @Test
  void what_a_worker_gives_up_is_read_alone() throws SQLException {
    var held = attempts(BATCH);

    assertReadsOnly(BATCH, () -> assertThat(ledger.workerStore.abandon(held)).isEqualTo(BATCH));
  }

  @Test
  void a_completion_reads_its_job() throws SQLException {
    var held = attempts(1).getFirst();

    assertReadsOnly(1, () -> assertThat(complete(held)).isPresent());
  }

  @Test
  void a_failure_reads_its_job() throws SQLException {
    var held = attempts(1).getFirst();

    assertReadsOnly(
        1,
        () ->
            ledger.outcomeStore.failIfCurrent(
                held, Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of()));
  }

  @Test
  void marks_read_their_jobs() throws SQLException {
    var due = ledger.accept(List.of(NewJobFixture.aNewJob(), NewJobFixture.aNewJob()));
    var jobs = due.stream().map(job -> job.message().requestId()).toList();

    assertReadsOnly(2, () -> assertThat(ledger.jobOutbox.markEnqueued(due)).isEqualTo(2));
    assertReadsOnly(2, () -> ledger.eventOutbox.markPublished(jobs));
  }

  @Test
  void a_lot_reads_the_window_and_what_is_let_go() throws SQLException {
    assertThat(readBy(() -> ledger.fairQueue.drawForDue(500))).isLessThanOrEqualTo(EDGES);

    int window = 1_100;
    assertThat(
            readBy(() ->
                assertThat(ledger.fairQueue.dispatch(window, window, BATCH).orElseThrow().jobs())
                    .hasSize(BATCH)))
        .isLessThanOrEqualTo(EDGES + window + 3 * BATCH * READ_OF_EACH_JOB);
  }

  private static void assertReadsOnly(int jobs, Runnable statement) throws SQLException {
    assertThat(readBy(statement)).isLessThanOrEqualTo(jobs * READ_OF_EACH_JOB);
  }

  /** Rows of jobs that the server reads, of whatever version; nothing of it stays. */
  private static long readBy(Runnable statement) throws SQLException {
    Connection connection = source.getConnection();
    connection.setAutoCommit(false);
    try {
      long before = read();
      statement.run();
      return read() - before;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static long read() {
    return ledger
        .asApplication
        .sql(
            """
            select sum(seq_tup_read + idx_tup_fetch)::bigint from pg_stat_xact_user_tables
            where relname in ('generation_jobs', 'generation_queue')
            """)
        .query(Long.class)
        .single();
  }

  private static List<RequestId> jobs(String which) {
    return DATABASE
        .client()
        .sql("select request_id from public.generation_queue where " + which)
        .query((row, _) -> Columns.requestId(row))
        .list();
  }

  private static List<Attempt> attempts(int count) {
    return jobs("state = 'claimed' limit " + count).stream()
        .map(id -> new Attempt(id, 1, WORKER, CLAIM))
        .toList();
  }
}
