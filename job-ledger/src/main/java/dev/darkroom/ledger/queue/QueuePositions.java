package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.operate.PauseStore.Pause;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Says where in the queue a job stands, and how fast the queue moves. */
public final class QueuePositions {
  /** Counted no further: an exact position beyond that is not worth its cost. */
  public static final int FURTHEST = 1_000;

  private final JdbcClient lookups;
  private final QueueEdges edges;

  public QueuePositions(JdbcClient lookups, QueueEdges edges) {
    this.lookups = lookups;
    this.edges = edges;
  }

  /**
   * A job's position.
   *
   * @param ahead open jobs that go before it, as things stand; {@link #FURTHEST} at most. Later
   *     jobs of other users may still go before it, see {@link FairQueue}
   * @param dueAt when its next attempt is due, where that is to come
   * @param running jobs that workers hold; {@link #FURTHEST} at most
   * @param at when that was so
   */
  public record QueuePosition(int ahead, @Nullable Instant dueAt, int running, Instant at) {}

  /**
   * What an open job waits for.
   *
   * @param position null while a worker holds it
   * @param isCancelled whether its worker was asked to cut its call
   * @param isLapsed whether its worker has not renewed its lease
   * @param pause that concerns it, the widest; null if none does
   * @param hasWorkers whether any worker renews its lease
   * @param idle why all workers take no jobs; null if one does
   */
  public record JobWait(
      @Nullable QueuePosition position,
      boolean isCancelled,
      boolean isLapsed,
      @Nullable Pause pause,
      boolean hasWorkers,
      @Nullable String idle) {}

  /**
   * How fast the queue has been moving for the last minutes.
   *
   * @param picturesPerSecond finished lately
   * @param attempt the median time of an attempt that brought a picture, call and saving; null if
   *     there was none
   */
  public record QueuePace(double picturesPerSecond, @Nullable Duration attempt) {}

  /**
   * A dispatched job stands among the dispatched ones, in the order in which Kafka got them. One
   * that waits for its turn stands behind all of them, and behind those with an earlier turn; where
   * the jobs of its line have several priorities, it has the turn that they give it. One that has
   * no turn yet is counted as if it got the turn that is being served.
   *
   * @return empty if a worker holds the job, or it has ended
   */
  public Optional<QueuePosition> positionIfWaiting(RequestId requestId) {
    return waitIfOpen(requestId).flatMap(wait -> Optional.ofNullable(wait.position()));
  }

  /** The job's position, and what else it waits for; empty if it has ended. */
  public Optional<JobWait> waitIfOpen(RequestId requestId) {
    var edge = edges.latest();
    return lookups
        .sql(
            """
            with asked as materialized (
              select request_id, user_id, state, enqueued_at, due_at, worker_id, publish_after, cancel_requested_at, rank,
                case when owner = '' then user_id else owner end as line,
                coalesce(turn,
                  greatest(0, (select now_serving from public.generation_turns))) as turn
              from public.generation_queue
              where request_id = :id),
            job as materialized (
              select asked.*, coalesce(own.turn, asked.turn) as served, coalesce(own.request_id, asked.request_id) as server
              from asked left join lateral (
                select turn, request_id from public.generation_queue other
                where case when other.owner = '' then other.user_id else other.owner end = asked.line
                  and other.state = 'in_line'
                order by turn offset (select count(*) from (
                  (select from public.generation_queue other
                    where case when other.owner = '' then other.user_id else other.owner end = asked.line
                      and other.state = 'in_line' and other.rank > asked.rank limit :furthest)
                  union all
                  (select from public.generation_queue other
                    where case when other.owner = '' then other.user_id else other.owner end = asked.line
                      and other.state = 'in_line' and other.rank = asked.rank and other.request_id < asked.request_id
                    limit :furthest)) as before) limit 1) as own
                on asked.state = 'in_line' and (asked.rank % 2 = 1
                  or exists (select from public.generation_queue other
                    where case when other.owner = '' then other.user_id else other.owner end = asked.line
                      and other.state = 'in_line' and other.rank > asked.rank)
                  or exists (select from public.generation_queue other
                    where case when other.owner = '' then other.user_id else other.owner end = asked.line
                      and other.state = 'in_line' and other.rank < asked.rank)))
            select least(:furthest, gone.jobs + held_back.jobs) as ahead, running.jobs as running,
              case when due_at > clock_timestamp() then due_at end as due_at, clock_timestamp() as at,
              state, cancel_requested_at is not null as cancelled,
              publish_after <= now() or not exists (select from public.generation_workers
                where worker_id = job.worker_id and lease_until >= now()) as lapsed,
              workers.live, workers.idle, pause.*
            from job
            cross join lateral (
              select count(*) as live, case when count(*) = count(pause_reason)
                then mode() within group (order by pause_reason) end as idle
              from public.generation_workers where lease_until > now()) as workers
            left join lateral (
              select * from public.generation_pauses known
              where scope = 'all' or (scope = 'user' and name = job.user_id)
                or (scope = 'model' and name = (select call #>> '{parameters,model}'
                  from public.generation_jobs where request_id = job.request_id))
              order by scope limit 1) as pause on true
            cross join lateral (
              select count(*) as jobs from (
                select request_id, enqueued_at from public.generation_queue
                where state = 'dispatched' and publish_after >= :edge
                order by publish_after limit :furthest) as gone
              where job.state <> 'dispatched'
                or (coalesce(gone.enqueued_at, 'infinity'), gone.request_id)
                  < (coalesce(job.enqueued_at, 'infinity'), job.request_id)) as gone
            cross join lateral (
              select count(*) as jobs from (
                select from public.generation_queue other
                where other.state = 'in_line' and other.turn >= :turn and job.state <> 'dispatched'
                  and (other.turn, other.request_id) < (job.served, job.server)
                limit :furthest) as held_back) as held_back
            cross join lateral (
              select count(*) as jobs from (
                select from public.generation_queue where state = 'claimed'
                order by worker_id limit :furthest) as held) as running
            where job.state <> 'ended'
            """)
        .param("id", requestId.value())
        .param("edge", edge.dispatched())
        .param("turn", edge.turn())
        .param("furthest", FURTHEST)
        .query((row, _) -> {
          var held = row.getString("state").equals("claimed");
          return new JobWait(
              held ? null : position(row),
              row.getBoolean("cancelled"),
              held && row.getBoolean("lapsed"),
              row.getString("scope") == null ? null : PauseStore.pause(row),
              row.getLong("live") > 0,
              row.getString("idle"));
        })
        .optional();
  }

  private static QueuePosition position(ResultSet row) throws SQLException {
    return new QueuePosition(
        row.getInt("ahead"),
        Columns.instantOrNull(row, "due_at"),
        row.getInt("running"),
        Columns.instant(row, "at"));
  }

  /** Computed from the latest 200 pictures of the last five minutes. */
  public QueuePace pace() {
    return lookups
        .sql(
            """
            select count(*) as pictures,
              extract(epoch from clock_timestamp() - min(created_at))::float8 as seconds,
              percentile_disc(0.5) within group (order by took) as median
            from (
              select created_at,
                (details ->> 'callMillis')::bigint + (details ->> 'savingMillis')::bigint as took
              from public.generation_logs
              where status = 'completed' and created_at > now() - interval '5 minutes'
              order by created_at desc limit 200) as latest
            """)
        .query((row, _) -> {
          var pictures = row.getLong("pictures");
          var median = row.getObject("median", Long.class);
          return new QueuePace(
              pictures == 0 ? 0 : pictures / Math.max(1, row.getDouble("seconds")),
              median == null ? null : Duration.ofMillis(median));
        })
        .single();
  }
}
