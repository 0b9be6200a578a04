package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the latest attempts say about the way to a picture: Nebius, the store, the workers. */
public final class RecentAttempts {
  /** Steps that are looked at for the ends of attempts among them. */
  private static final int STEPS = 500;

  private final JdbcClient database;

  public RecentAttempts(JdbcClient database) {
    this.database = database;
  }

  /**
   * An attempt that has ended.
   *
   * @param code why there is no picture, as a word for programs; none where all went well
   * @param reason the same in words
   * @param sent whether a call reached the provider
   * @param begunAt when a worker began it
   * @param dueAt when its job is due again; none where the job has ended
   * @param provider that was called
   */
  public record Answered(
      @Nullable String code,
      @Nullable String reason,
      boolean sent,
      Instant begunAt,
      Instant endedAt,
      @Nullable Instant dueAt,
      String provider) {
    public boolean well() {
      return code == null;
    }
  }

  /**
   * What the workers are doing.
   *
   * @param running whether one has a job
   * @param waiting since when the job that has been due for longest is; none where none is due. Of
   *     the jobs that have to be done first a thousand are looked at
   * @param open whether there is any job that has not ended and is not with a worker
   * @param calledAt when one last began a call; none where that was more than an hour ago
   * @param paused why an operator has paused all; none where that is not so
   * @param now the database's time
   */
  public record WorkerActivity(
      boolean running,
      @Nullable Instant waiting,
      boolean open,
      @Nullable Instant calledAt,
      @Nullable String paused,
      Instant now) {}

  /**
   * The latest attempts that say something about the way to a picture, latest first. All was well
   * where there is a picture, or where Nebius rejected what was asked for. Attempts that ended for
   * other reasons say nothing: the picture had been saved before, the worker stopped or died, the
   * deadline came, the circuit breaker let no call through, or it was one model alone, which the
   * job had named, that was refused.
   *
   * @param within not longer ago than that
   * @param limit attempts at most
   */
  public List<Answered> latest(Duration within, int limit) {
    return database
        .sql(
            """
            with recent as materialized (
              (select * from public.generation_logs
                where status = 'completed' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :limit)
              union all
              (select * from public.generation_logs
                where status = 'failed' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :limit)
              union all
              (select * from public.generation_logs
                where status = 'processing' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :steps)),
            ended as (
              select * from recent as step
              where step = 'nebius_api_error'
                or (step = 'image_generated' and details ->> 'source' is distinct from 'store')
                or (step = 'attempt_failed'
                  and details ->> 'code' in ('provider_unavailable', 'rate_limited', 'bad_reply', 'picture_not_stored')
                  and details ->> 'reason' not like '%circuit breaker is open%')
                or (step = 'attempt_failed' and details ->> 'code' = 'misconfigured'
                  and details -> 'counts' is distinct from 'true'
                  and not (details ->> 'reason' ~ 'answered 40[34]' and exists (
                    select from public.generation_jobs job
                    where job.request_id = step.request_id and job.request ->> 'model' is not null)))
                or (step = 'attempt_outcome_unknown'
                  and details ->> 'code' = 'outcome_unknown' and details -> 'counts' = 'true' and details -> 'callMillis' is not null)
              order by created_at desc, seq desc limit :limit)
            select case when status = 'processing' then details ->> 'code' end as code,
              case when status = 'processing' then details ->> 'reason' end as reason,
              details -> 'callMillis' is not null as sent,
              coalesce((
                select max(call.created_at) from public.generation_logs call
                where call.request_id = ended.request_id and call.step = 'calling_nebius_api'
                  and call.created_at <= ended.created_at), created_at) as begun_at,
              created_at as ended_at,
              (select (retry.details ->> 'dueAt')::timestamptz from recent retry
                where retry.request_id = ended.request_id and retry.step = 'retry_scheduled'
                  and retry.details -> 'attempt' = ended.details -> 'attempt' limit 1) as due_at,
              coalesce(details ->> 'provider', 'nebius') as provider
            from ended order by ended_at desc, seq desc
            """)
        .param("within", within.toMillis())
        .param("limit", limit)
        .param("steps", STEPS)
        .query((row, _) -> answered(row))
        .list();
  }

  private static Answered answered(ResultSet row) throws SQLException {
    return new Answered(
        row.getString("code"),
        row.getString("reason"),
        row.getBoolean("sent"),
        Columns.instant(row, "begun_at"),
        Columns.instant(row, "ended_at"),
        Columns.instantOrNull(row, "due_at"),
        row.getString("provider"));
  }

  /** What the workers are doing now. */
  public WorkerActivity activity() {
    return database
        .sql(
            """
            with first as (
              select state, due_at from public.generation_queue
              where state <> 'ended' order by deadline_at limit 1000)
            select
              coalesce((select true from public.generation_queue
                where state = 'claimed' order by worker_id limit 1), false) as running,
              (select min(due_at) from first
                where state not in ('claimed', 'paused') and due_at <= clock_timestamp()) as waiting,
              exists (select from first where state <> 'claimed') as open,
              (select reason from public.generation_pauses where scope = 'all') as paused,
              (select max(created_at) from (
                select created_at, step from public.generation_logs
                where status = 'processing' and created_at > now() - interval '1 hour'
                order by created_at desc limit :steps) as latest
                where step = 'calling_nebius_api') as called_at,
              clock_timestamp() as now
            """)
        .param("steps", STEPS)
        .query((row, _) ->
            new WorkerActivity(
                row.getBoolean("running"),
                Columns.instantOrNull(row, "waiting"),
                row.getBoolean("open"),
                Columns.instantOrNull(row, "called_at"),
                row.getString("paused"),
                Columns.instant(row, "now")))
        .single();
  }
}
