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

/** What the two tables say about a job, read past the ledger. */
final class JobAssert extends AbstractAssert<JobAssert, RequestId> {
  private final TestingLedger ledger;
  private final Map<String, @Nullable Object> row;

  private JobAssert(TestingLedger ledger, RequestId id) {
    super(id, JobAssert.class);
    this.ledger = ledger;
    row =
        ledger
            .asOwner
            .sql("select * from public.generation_jobs where request_id = :id")
            .param("id", id.value())
            .query()
            .singleRow();
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
    return hasSome("lease_until")
        .has("status", "processing")
        .has("attempt", attempt.number())
        .has("worker_id", attempt.workerId())
        .has("finished_at", null);
  }

  JobAssert isFree() {
    return has("lease_until", null).has("finished_at", null);
  }

  JobAssert isCompleted() {
    return hasSome("finished_at").has("status", "completed").has("lease_until", null);
  }

  JobAssert isFailedWith(String code) {
    return hasSome("finished_at")
        .has("status", "failed")
        .has("error_code", code)
        .has("lease_until", null);
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
        .sql(
            """
            select (to_jsonb(job) ->> :column)::timestamptz as time from public.generation_jobs job
            where request_id = :id
            """)
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
