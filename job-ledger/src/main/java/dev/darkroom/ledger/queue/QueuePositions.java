package dev.darkroom.ledger.queue;

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
   * How fast the queue has been moving for the last minutes.
   *
   * @param picturesPerSecond finished lately
   * @param attempt the median time of an attempt that brought a picture, call and saving; null if
   *     there was none
   */
  public record QueuePace(double picturesPerSecond, @Nullable Duration attempt) {}

  /**
   * A dispatched job stands among the dispatched ones, in the order in which Kafka got them. One
   * that waits for its turn stands behind all of them, and behind those with an earlier turn. One
   * that has no turn yet is counted as if it got the turn that is being served.
   *
   * @return empty if a worker holds the job, or it has ended
   */
  public Optional<QueuePosition> positionIfWaiting(RequestId requestId) {
    var edge = edges.latest();
    return lookups
        .sql(
            """
            with job as materialized (
              select request_id, state, enqueued_at, due_at, coalesce(turn,
                  greatest(0, (select now_serving from public.generation_turns))) as turn
              from public.generation_queue
              where request_id = :id)
            select least(:furthest, gone.jobs + held_back.jobs) as ahead, running.jobs as running,
              case when due_at > clock_timestamp() then due_at end as due_at, clock_timestamp() as at
            from job
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
                  and (other.turn, other.request_id) < (job.turn, job.request_id)
                limit :furthest) as held_back) as held_back
            cross join lateral (
              select count(*) as jobs from (
                select from public.generation_queue where state = 'claimed'
                order by worker_id limit :furthest) as held) as running
            where job.state not in ('claimed', 'ended')
            """)
        .param("id", requestId.value())
        .param("edge", edge.dispatched())
        .param("turn", edge.turn())
        .param("furthest", FURTHEST)
        .query((row, _) -> position(row))
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
