package dev.darkroom.ledger;

import static dev.darkroom.ledger.Columns.instant;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transition "accept": a job and its first step, together or not at all. */
public final class AcceptJobs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;

  AcceptJobs(JdbcClient database, LedgerJson json, LedgerSettings settings) {
    this.database = database;
    this.json = json;
    this.settings = settings;
  }

  /**
   * Accepts the jobs in one statement, and so in one commit. When this returns, they are durable,
   * and the caller has {@code darkroom.ledger.publish-reservation} to publish them before a sweep
   * does it.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the jobs
   *     may then be accepted or not
   */
  public List<DueJob> accept(List<NewJob> jobs) {
    return database
        .sql(
            """
            with accepted as (
              insert into public.generation_jobs
                (request_id, user_id, request, deadline_at, publish_after, traceparent)
              select request_id, user_id, request, now() + deadline * interval '1 millisecond',
                now() + :reservation * interval '1 millisecond', traceparent
              from unnest(:ids::uuid[], :users::text[], :requests::jsonb[], :deadlines::bigint[], :traces::text[])
                as new_job (request_id, user_id, request, deadline, traceparent)
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select request_id, user_id, request, deadline_at, publish_after, created_at, traceparent
            from accepted
            """)
        .param("reservation", settings.publishReservation().toMillis())
        .param("ids", Columns.texts(jobs.stream().map(NewJob::id)))
        .param("users", Columns.texts(jobs.stream().map(NewJob::userId)))
        .param("requests", Columns.texts(jobs.stream().map(job -> json.write(job.request()))))
        .param("deadlines", Columns.texts(jobs.stream().map(job -> job.deadline().toMillis())))
        .param("traces", Columns.texts(jobs.stream().map(job -> job.trace().value())))
        .query((row, _) ->
            new DueJob(
                Columns.message(row, json),
                Columns.trace(row),
                instant(row, "created_at"),
                instant(row, "publish_after")))
        .list();
  }
}
