package dev.darkroom.ledger.jobs;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What the tables say about a job, read past the ledger. */
final class JobAssert extends AbstractAssert<JobAssert, RequestId> {
  private static final String JOB =
      """
      select status, created_at, finished_at, image_url, image_sha256, image_content_type, image_bytes,
        coalesce(queued.attempt, attempts) as attempt, state, turn, failures, worker_id, claim_token,
        case when finished_at is null then queued.calls else job.calls end as calls,
        case when finished_at is null then queued.calls_billed else job.calls_billed end as calls_billed,
        case when finished_at is null then queued.calls_unknown else job.calls_unknown end as calls_unknown,
        due_at, publish_after, enqueued_at, job.deadline_at, lease_until,
        case when finished_at is null then queued.error_code else job.error_code end as error_code,
        case when finished_at is null then queued.error_message else job.error_message end as error_message
      from public.generation_jobs job
      left join public.generation_queue queued using (request_id)
      left join public.generation_workers using (worker_id)
      where request_id = :id
      """;

  private final TestingLedger ledger;
  private final Map<String, @Nullable Object> row;

  private JobAssert(TestingLedger ledger, RequestId id) {
    super(id, JobAssert.class);
    this.ledger = ledger;
    row = ledger.asOwner.sql(JOB).param("id", id.value()).query().singleRow();
  }

  static JobAssert assertThatJob(TestingLedger ledger, RequestId id) {
    return new JobAssert(ledger, id);
  }

  /** A step as the log has it. */
  record Logged(String status, String step, Map<String, Object> details) {}

  JobAssert has(String column, @Nullable Object value) {
    assertThat(row).containsEntry(column, value);
    return this;
  }

  private JobAssert hasSome(String column) {
    assertThat(row.get(column)).as(column).isNotNull();
    return this;
  }

  JobAssert hasTime(String column, Duration fromNow) {
    assertThat(time(column))
        .isBetween(databaseNow().plus(fromNow).minusSeconds(4), databaseNow().plus(fromNow));
    return this;
  }

  JobAssert isHeldBy(Attempt attempt) {
    return has("state", "claimed")
        .has("attempt", attempt.number())
        .has("worker_id", attempt.workerId())
        .has("claim_token", attempt.claim())
        .has("finished_at", null);
  }

  JobAssert isFree() {
    assertThat(row.get("state")).isIn("in_line", "dispatched", "due");
    return has("finished_at", null);
  }

  JobAssert isCompleted() {
    return hasSome("finished_at").has("status", "completed").has("state", "ended");
  }

  /** Calls, and of them those that were surely billed, and those of which nobody knows. */
  JobAssert hasCalls(int calls, int billed, int unknown) {
    return has("calls", calls).has("calls_billed", billed).has("calls_unknown", unknown);
  }

  JobAssert isFailedWith(String code) {
    return hasSome("finished_at")
        .has("status", "failed")
        .has("error_code", code)
        .has("state", "ended");
  }

  /** Kafka has its completion event, so it is in the queue no longer. */
  JobAssert isPublished() {
    return hasSome("finished_at").has("state", null);
  }

  JobAssert hasNoSteps() {
    return hasSteps();
  }

  JobAssert hasSteps(String... steps) {
    assertThat(log()).extracting(Logged::step).containsExactly(steps);
    return this;
  }

  JobAssert hasExactly(Logged... steps) {
    assertThat(log()).isEqualTo(Arrays.asList(steps));
    return this;
  }

  /** A column that holds a time, and does hold one. */
  Instant time(String column) {
    return ledger
        .asOwner
        .sql("select (to_jsonb(job) ->> :column)::timestamptz as time from (" + JOB + ") as job")
        .param("column", column)
        .param("id", actual.value())
        .query((rows, _) -> Columns.instant(rows, "time"))
        .single();
  }

  List<Logged> log() {
    var json = new LedgerJson(JsonMapper.builder().build());
    return ledger
        .asOwner
        .sql(
            """
            select status, step, details from public.generation_logs where request_id = :id order by seq
            """)
        .param("id", actual.value())
        .query((rows, _) ->
            new Logged(
                rows.getString("status"),
                rows.getString("step"),
                requireNonNull(json.details(rows.getString("details")))))
        .list();
  }

  private Instant databaseNow() {
    return ledger
        .asOwner
        .sql("select clock_timestamp() as time")
        .query((rows, _) -> Columns.instant(rows, "time"))
        .single();
  }
}
