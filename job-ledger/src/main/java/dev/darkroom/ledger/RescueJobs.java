package dev.darkroom.ledger;

import dev.darkroom.ledger.RescheduleJobs.Rescheduled;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transition "rescue": jobs whose worker fell silent, and jobs whose time is up. */
public final class RescueJobs {
  private static final String LAPSED =
      "The worker's lease lapsed; whether Nebius carried out the call is unknown.";

  private final JdbcClient database;
  private final RescheduleJobs rescheduleJobs;
  private final LedgerSettings settings;

  RescueJobs(JdbcClient database, RescheduleJobs rescheduleJobs, LedgerSettings settings) {
    this.database = database;
    this.rescheduleJobs = rescheduleJobs;
    this.settings = settings;
  }

  /**
   * Takes jobs from workers that no longer renew their lease, logs {@code attempt_outcome_unknown},
   * and makes them due at once, or ends them where the policy or the number of attempts says so.
   *
   * @param limit jobs at most; the longest lapsed first
   */
  public List<Rescheduled> rescueLapsed(UnknownOutcomePolicy policy, int maxAttempts, int limit) {
    var setback =
        new Setback(Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", LAPSED, true, Duration.ZERO);
    var allowed = policy == UnknownOutcomePolicy.FAIL ? 0 : maxAttempts;
    return database
        .sql(
            """
            select request_id, attempt, worker_id from public.generation_jobs
            where lease_until < now()
            order by lease_until limit :limit
            """)
        .param("limit", limit)
        .query((row, _) ->
            new Attempt(Columns.requestId(row), row.getInt("attempt"), row.getString("worker_id")))
        .list()
        .stream()
        .map(attempt -> rescheduleJobs.rescheduleIfLapsed(attempt, setback, allowed))
        .filter(rescheduled -> !(rescheduled instanceof Rescheduled.NotHeld))
        .toList();
  }

  /**
   * Ends open jobs whose deadline has passed, wherever they are. The outcome of a call that is
   * under way for one of them is logged as unknown.
   *
   * @param limit jobs at most; the longest overdue first
   */
  public List<FinishedJob> endOverdue(int limit) {
    return database
        .sql(
            """
            with overdue as (
              select request_id, lease_until is not null as held from public.generation_jobs
              where finished_at is null and deadline_at <= now()
              order by deadline_at limit :limit
              for update skip locked),
            ended as (
              update public.generation_jobs job
              set status = 'failed', finished_at = clock_timestamp(), lease_until = null,
                failures = failures + overdue.held::int,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond',
                error_code = 'deadline_exceeded',
                error_message = 'The job was not finished by its deadline.'
                  || coalesce(' The last error: ' || job.error_message, '')
              from overdue where job.request_id = overdue.request_id
              returning job.*, overdue.held),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'processing', 'attempt_outcome_unknown',
                jsonb_build_object('attempt', attempt, 'worker', worker_id, 'code', 'deadline_exceeded',
                  'reason', 'The deadline came while the call was under way.', 'counts', true),
                clock_timestamp()
              from ended where held
              union all
              select request_id, user_id, request ->> 'prompt', 'failed', 'deadline_exceeded',
                jsonb_build_object('attempt', attempt, 'deadline', deadline_at, 'code', error_code,
                  'reason', error_message),
                clock_timestamp()
              from ended)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, traceparent
            from ended
            """)
        .param("limit", limit)
        .param("reservation", settings.publishReservation().toMillis())
        .query((row, _) -> Columns.finished(row))
        .list();
  }
}
