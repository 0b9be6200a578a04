package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.jobs.RescheduleJobs.Rescheduled;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transition "rescue": jobs whose worker fell silent, and jobs whose time is up. */
public final class RescueJobs {
  private static final Setback SILENT =
      new Setback(
          Step.ATTEMPT_OUTCOME_UNKNOWN,
          "outcome_unknown",
          "The worker's lease lapsed; whether Nebius carried out the call is unknown.",
          true,
          Duration.ZERO);

  private final JdbcClient database;
  private final RescheduleJobs rescheduleJobs;
  private final LedgerSettings settings;
  private final JobMeters meters;

  RescueJobs(
      JdbcClient database,
      RescheduleJobs rescheduleJobs,
      LedgerSettings settings,
      JobMeters meters) {
    this.database = database;
    this.rescheduleJobs = rescheduleJobs;
    this.settings = settings;
    this.meters = meters;
  }

  /**
   * Attempts whose worker no longer renews its lease.
   *
   * @param limit attempts at most; the longest lapsed first
   */
  public List<Attempt> findLapsed(int limit) {
    return database
        .sql(
            """
            select request_id, attempt, worker_id from public.generation_jobs
            where lease_until < now()
            order by lease_until limit :limit
            """)
        .param("limit", limit)
        .query((row, _) -> JobColumns.attempt(row))
        .list();
  }

  /**
   * Takes the job from its silent worker, logs {@code attempt_outcome_unknown}, and makes it due at
   * once, or ends it, where {@code darkroom.job.max-attempts} or {@code
   * darkroom.nebius.on-unknown-outcome} say so.
   */
  public Rescheduled rescueIfLapsed(Attempt attempt) {
    return rescheduleJobs.rescheduleIfLapsed(attempt, SILENT);
  }

  /**
   * The latest attempts at open jobs whose deadline has passed and that may have a picture: those
   * under way, and those of which nobody knows how they ended. Whoever reported any other end had
   * looked for a picture after the call.
   *
   * @param limit attempts at most; the longest overdue first
   */
  public List<Attempt> findOverdueAttempts(int limit) {
    return database
        .sql(
            """
            select request_id, attempt, worker_id from public.generation_jobs
            where status in ('started', 'processing') and deadline_at <= now() and attempt > 0
              and (lease_until is not null or error_code is null
                or error_code in ('outcome_unknown', 'picture_not_stored'))
            order by deadline_at limit :limit
            """)
        .param("limit", limit)
        .query((row, _) -> JobColumns.attempt(row))
        .list();
  }

  /**
   * Ends open jobs whose deadline has passed, wherever they are. The outcome of a call that is
   * under way for one of them is logged as unknown.
   *
   * @param limit jobs at most; the longest overdue first
   */
  public List<FinishedJob> endOverdue(int limit) {
    return endOverdue(limit, List.of(), Duration.ZERO);
  }

  /**
   * Does so at once with jobs that can't have a picture, see {@link #findOverdueAttempts}, and with
   * others when somebody has looked, or has not come to it for a while.
   *
   * @param without attempts for which no picture was found
   * @param patience how much later than its deadline a job ends that nobody has looked for
   */
  public List<FinishedJob> endOverdue(int limit, Collection<Attempt> without, Duration patience) {
    return database
        .sql(
            """
            with looked as (
              select * from unnest(:ids::uuid[], :attempts::int[]) as looked (request_id, attempt)),
            overdue as (
              select request_id, lease_until is not null as held from public.generation_jobs
              where status in ('started', 'processing') and deadline_at <= now()
                and (attempt = 0
                  or (lease_until is null and error_code not in ('outcome_unknown', 'picture_not_stored'))
                  or deadline_at <= now() - :patience * interval '1 millisecond'
                  or (request_id, attempt) in (select request_id, attempt from looked))
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
              error_code, error_message, finished_at, created_at, traceparent
            from ended
            """)
        .param("limit", limit)
        .param("ids", Columns.texts(without.stream().map(Attempt::requestId)))
        .param("attempts", Columns.texts(without.stream().map(Attempt::number)))
        .param("patience", patience.toMillis())
        .param("reservation", settings.publishReservation().toMillis())
        .query((row, _) -> JobColumns.finished(row))
        .list()
        .stream()
        .map(meters::ended)
        .toList();
  }
}
