package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.instant;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
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

  /** Accepts the jobs, for the caller to publish all of them. */
  public List<Acceptance> accept(List<NewJob> jobs) {
    return accept(jobs, jobs.size());
  }

  /**
   * Accepts the jobs in one statement, and so in one commit; but for those whose key already stands
   * for a job, be it of an earlier call, of one at the same moment, or earlier in this list. When
   * this returns, what was accepted is durable, and the caller has {@code
   * darkroom.ledger.publish-reservation} to publish the first ones before a sweep does. The others
   * draw a turn, see {@link JobTurns}; two statements at the same moment may give the same turn to
   * two jobs of one user.
   *
   * <p>Where another transaction is about to take one of the keys, the statement waits for its end.
   * It takes them in their order, so that two batches never wait for each other; and it touches
   * also the rows that it doesn't take, because that is how it gets to read what was committed
   * after it began.
   *
   * @param letGo so many of the jobs, the first ones, are the caller's to publish
   * @return what became of each, in the order of the jobs
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the jobs
   *     may then be accepted or not
   */
  public List<Acceptance> accept(List<NewJob> jobs, int letGo) {
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
            line as (
              select user_id, (select max(turn) from public.generation_jobs job
                where job.user_id = asking.user_id
                  and turn is not null and lease_until is null and finished_at is null) as last
              from (select distinct user_id from new_job where position > :letGo) as asking),
            accepted as (
              insert into public.generation_jobs
                (request_id, user_id, request, deadline_at, publish_after, traceparent, let_go, turn)
              select request_id, user_id, request, now() + deadline * interval '1 millisecond',
                case when position <= :letGo
                  then now() + :reservation * interval '1 millisecond' else 'infinity' end,
                traceparent, position <= :letGo,
                case when position > :letGo
                  then greatest(0, (select now_serving from public.generation_turns), last + 1) - 1
                    + row_number() over (partition by user_id, position > :letGo order by position) end
              from new_job left join line using (user_id)
              where key is null or request_id in (select request_id from held)
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select deadline_at, publish_after, created_at, let_go, held.request_id,
              held.fingerprint = new_job.fingerprint as same
            from new_job left join accepted using (request_id) left join held using (key)
            order by position
            """)
        .param("reservation", settings.publishReservation().toMillis())
        .param("letGo", letGo)
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
          : new Acceptance.KeyReused(Columns.requestId(row));
    }
    var message =
        new JobMessage(job.id(), job.userId(), job.request(), instant(row, "deadline_at"));
    return new Acceptance.Accepted(
        new DueJob(message, job.trace(), acceptedAt, instant(row, "publish_after")),
        row.getBoolean("let_go"));
  }
}
