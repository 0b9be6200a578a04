package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transition "reschedule": an attempt is over, its job is not. */
public final class RescheduleJobs {
  private final JdbcClient database;
  private final AttemptPolicy policy;
  private final LedgerSettings settings;
  private final JobMeters meters;

  RescheduleJobs(
      JdbcClient database, AttemptPolicy policy, LedgerSettings settings, JobMeters meters) {
    this.database = database;
    this.policy = policy;
    this.settings = settings;
    this.meters = meters;
  }

  /** What came of it. */
  public sealed interface Rescheduled {
    /** The job is due again then, and published then. */
    record DueAgain(RequestId requestId, Instant dueAt) implements Rescheduled {}

    /** That was its last attempt. */
    record Exhausted(FinishedJob job) implements Rescheduled {}

    /** The job has ended, or somebody else has it; nothing was written. */
    record NotHeld(RequestId requestId) implements Rescheduled {}
  }

  /**
   * Logs the attempt's outcome and gives the job back to be due after a while; or ends it, where
   * {@code darkroom.job.max-attempts} or {@code darkroom.nebius.on-unknown-outcome} say so.
   */
  public Rescheduled rescheduleIfHeld(Attempt attempt, Setback setback) {
    return reschedule(attempt, setback, false);
  }

  /** The same for a worker that no longer renews its lease. */
  Rescheduled rescheduleIfLapsed(Attempt attempt, Setback setback) {
    return reschedule(attempt, setback, true);
  }

  private Rescheduled reschedule(Attempt attempt, Setback setback, boolean onlyIfLapsed) {
    var ends = policy.endsWith(setback);
    return database
        .sql(
            """
            with held as (
              select request_id, :ends or (:counts and failures + 1 >= :maxAttempts) as exhausted
              from public.generation_jobs
              where request_id = :id and attempt = :attempt and worker_id = :worker and num_nonnulls(lease_until) = 1
                and (lease_until < now() or not :onlyIfLapsed)
              for update),
            released as (
              update public.generation_jobs job
              set failures = job.failures + case when :counts then 1 else 0 end,
                lease_until = null, enqueued_at = null, let_go = false, turn = null,
                status = case when exhausted then 'failed' else 'processing' end,
                finished_at = case when exhausted then clock_timestamp() end,
                due_at = clock_timestamp() + :delay * interval '1 millisecond',
                publish_after = clock_timestamp()
                  + case when exhausted then :reservation else :delay end * interval '1 millisecond',
                error_code = :code,
                error_message = case when exhausted
                  then format('Gave up after attempt %s: %s', job.attempt, :reason::text)
                  else :reason end
              from held where job.request_id = held.request_id
              returning job.*),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'processing', :outcome,
                jsonb_build_object('attempt', attempt, 'worker', worker_id,
                  'code', :code::text, 'reason', :reason::text, 'counts', :counts)
                  || jsonb_strip_nulls(jsonb_build_object('callMillis', :call::bigint, 'called', :called::boolean)),
                clock_timestamp()
              from released
              union all
              select request_id, user_id, request ->> 'prompt', status,
                case status when 'failed' then 'attempts_exhausted' else 'retry_scheduled' end,
                case status
                  when 'failed' then jsonb_build_object('attempt', attempt, 'code', error_code, 'reason', error_message)
                  else jsonb_build_object('attempt', attempt, 'dueAt', due_at) end,
                clock_timestamp()
              from released)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, created_at, due_at, traceparent
            from released
            """)
        .param("ends", ends)
        .param("counts", setback.counts() || ends)
        .param("maxAttempts", policy.maxAttempts())
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("onlyIfLapsed", onlyIfLapsed)
        .param("delay", setback.delay().toMillis())
        .param("reservation", settings.publishReservation().toMillis())
        .param("code", setback.code())
        .param("reason", setback.reason())
        .param("outcome", setback.outcome().word())
        .param("call", setback.call() == null ? null : setback.call().toMillis())
        .param("called", setback.called() ? null : false)
        .query((row, _) -> read(row))
        .optional()
        .orElseGet(() -> new Rescheduled.NotHeld(attempt.requestId()));
  }

  private Rescheduled read(ResultSet row) throws SQLException {
    return Columns.status(row) == JobStatus.FAILED
        ? new Rescheduled.Exhausted(meters.ended(JobColumns.finished(row)))
        : new Rescheduled.DueAgain(Columns.requestId(row), Columns.instant(row, "due_at"));
  }
}
