package dev.darkroom.ledger;

import static dev.darkroom.ledger.Columns.instant;

import dev.darkroom.model.JobMessage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transition "accept": a job, its first step and its key, together or not at all. */
public final class AcceptJobs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;
  private final IdempotencySettings keys;

  AcceptJobs(
      JdbcClient database, LedgerJson json, LedgerSettings settings, IdempotencySettings keys) {
    this.database = database;
    this.json = json;
    this.settings = settings;
    this.keys = keys;
  }

  /**
   * Accepts the jobs in one statement, and so in one commit; but for those whose key already stands
   * for a job, be it of an earlier call, of one at the same moment, or earlier in this list. When
   * this returns, what was accepted is durable, and the caller has {@code
   * darkroom.ledger.publish-reservation} to publish it before a sweep does.
   *
   * <p>Where another transaction is about to take one of the keys, the statement waits for its end.
   * It takes them in their order, so that two batches never wait for each other; and it touches
   * also the rows that it doesn't take, because that is how it gets to read what was committed
   * after it began.
   *
   * @return what became of each, in the order of the jobs
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the jobs
   *     may then be accepted or not
   */
  public List<Acceptance> accept(List<NewJob> jobs) {
    return database
        .sql(
            """
            with new_job as (
              select * from unnest(:ids::uuid[], :users::text[], :requests::jsonb[], :deadlines::bigint[],
                  :traces::text[], :keys::text[], :fingerprints::text[])
                with ordinality
                as new_job (request_id, user_id, request, deadline, traceparent, key, fingerprint, position)),
            held as (
              insert into public.generation_idempotency_keys as known (key, fingerprint, request_id)
              select distinct on (key) key, fingerprint, request_id from new_job where key is not null
              order by key, position
              on conflict (key) do update
              set fingerprint = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.fingerprint else known.fingerprint end,
                request_id = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.request_id else known.request_id end,
                created_at = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.created_at else known.created_at end
              returning key, fingerprint, request_id),
            accepted as (
              insert into public.generation_jobs
                (request_id, user_id, request, deadline_at, publish_after, traceparent)
              select request_id, user_id, request, now() + deadline * interval '1 millisecond',
                now() + :reservation * interval '1 millisecond', traceparent
              from new_job
              where key is null or request_id in (select request_id from held)
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select deadline_at, publish_after, created_at, held.request_id,
              held.fingerprint = new_job.fingerprint as same
            from new_job left join accepted using (request_id) left join held using (key)
            order by position
            """)
        .param("reservation", settings.publishReservation().toMillis())
        .param("keep", keys.keep().toMillis())
        .param("ids", Columns.texts(jobs.stream().map(NewJob::id)))
        .param("users", Columns.texts(jobs.stream().map(NewJob::userId)))
        .param("requests", Columns.texts(jobs.stream().map(job -> json.write(job.request()))))
        .param("deadlines", Columns.texts(jobs.stream().map(job -> job.deadline().toMillis())))
        .param("traces", Columns.texts(jobs.stream().map(job -> job.trace().value())))
        .param("keys", ofKeys(jobs, IdempotencyKey::value))
        .param("fingerprints", ofKeys(jobs, IdempotencyKey::fingerprint))
        .query((row, number) -> read(row, jobs.get(number)))
        .list();
  }

  private static @Nullable String[] ofKeys(
      List<NewJob> jobs, Function<IdempotencyKey, String> part) {
    return jobs.stream()
        .map(NewJob::key)
        .map(key -> key == null ? null : part.apply(key))
        .toArray(String[]::new);
  }

  private static Acceptance read(ResultSet row, NewJob job) throws SQLException {
    var acceptedAt = Columns.instantOrNull(row, "created_at");
    if (acceptedAt == null) {
      return row.getBoolean("same")
          ? new Acceptance.Replayed(Columns.requestId(row))
          : new Acceptance.KeyReused();
    }
    var message =
        new JobMessage(job.id(), job.userId(), job.request(), instant(row, "deadline_at"));
    return new Acceptance.Accepted(
        new DueJob(message, job.trace(), acceptedAt, instant(row, "publish_after")));
  }
}
