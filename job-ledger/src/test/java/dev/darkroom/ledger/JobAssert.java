package dev.darkroom.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

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
  record Logged(String status, String step, @Nullable Map<String, Object> details) {}

  JobAssert has(String column, @Nullable Object value) {
    assertThat(row).containsEntry(column, value);
    return this;
  }

  JobAssert hasTime(String column, Duration fromNow) {
    assertThat(time(column))
        .isNotNull()
        .isBetween(databaseNow().plus(fromNow).minusSeconds(4), databaseNow().plus(fromNow));
    return this;
  }

  JobAssert isHeldBy(Attempt attempt) {
    assertThat(time("lease_until")).isNotNull();
    return has("status", "processing")
        .has("attempt", attempt.number())
        .has("worker_id", attempt.workerId())
        .has("finished_at", null);
  }

  JobAssert isFree() {
    return has("lease_until", null).has("finished_at", null);
  }

  JobAssert isCompleted() {
    assertThat(time("finished_at")).isNotNull();
    return has("status", "completed").has("lease_until", null);
  }

  JobAssert isFailedWith(String code) {
    assertThat(time("finished_at")).isNotNull();
    return has("status", "failed").has("error_code", code).has("lease_until", null);
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

  @Nullable Instant time(String column) {
    var time =
        ledger
            .asOwner
            .sql(
                """
                select (to_jsonb(job) ->> :column)::timestamptz from public.generation_jobs job
                where request_id = :id
                """)
            .param("column", column)
            .param("id", actual.value())
            .query((rows, _) -> rows.getObject(1, OffsetDateTime.class))
            .list()
            .getFirst();
    return time == null ? null : time.toInstant();
  }

  List<Logged> log() {
    var json = new LedgerJson(tools.jackson.databind.json.JsonMapper.builder().build());
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
                json.details(rows.getString("details"))))
        .list();
  }

  private Instant databaseNow() {
    return ledger
        .asOwner
        .sql("select clock_timestamp()")
        .query((rows, _) -> rows.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }
}
