package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that were dispatched and are not on Kafka, or have been there for too long. Jobs that wait
 * for their turn are in the {@link FairQueue}.
 */
public final class JobOutbox {
  private final JdbcClient database;
  private final LedgerJson json;
  private final QueueEdges edges;
  private final Duration publishReservation;
  private final Duration republishAfter;

  public JobOutbox(
      JdbcClient database,
      LedgerJson json,
      QueueEdges edges,
      Duration publishReservation,
      Duration republishAfter) {
    this.database = database;
    this.edges = edges;
    this.json = json;
    this.publishReservation = publishReservation;
    this.republishAfter = republishAfter;
  }

  /**
   * Reserves dispatched jobs that nobody has published within their reservation, and those whose
   * record no worker has claimed for {@code darkroom.ledger.republish-after}. Any number of
   * gateways may ask at once; each job goes to one of them.
   *
   * @param limit jobs at most; the longest due first
   */
  public List<DueJob> reserveDue(int limit) {
    return reserveOverdue(limit, Duration.ZERO);
  }

  /** As {@link #reserveDue(int)}, only those whose reservation ended at least so long ago. */
  public List<DueJob> reserveOverdue(int limit, Duration by) {
    return database
        .sql(
            """
            with due as (
              select request_id from public.generation_queue
              where state = 'dispatched'
                and publish_after between :edge and now() - :overdue * interval '1 millisecond'
              order by publish_after limit :limit
              for update skip locked),
            reserved as (
              update public.generation_queue job
              set publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from due
              where job.request_id = due.request_id
                and job.request_id = any (array(select request_id from due))
              returning job.request_id, job.publish_after, job.provider, job.error_code)
            select job.*, publish_after, provider, error_code
            from reserved cross join lateral (
              select request_id, owner, user_id, request, call, webhook, deadline_at, created_at, traceparent
              from public.generation_jobs where request_id = reserved.request_id limit 1) job
            """)
        .param("edge", edges.current().dispatched())
        .param("limit", limit)
        .param("overdue", by.toMillis())
        .param("reservation", publishReservation.toMillis())
        .query((row, _) -> DueJob.of(row, json))
        .list();
  }

  /**
   * Records that Kafka has these jobs. A job that was rescheduled or reserved again meanwhile has
   * another reservation, and stays unpublished; a job that a worker has claimed needs no mark.
   *
   * <p>If no worker claims a job, its record may be lost, and a copy is published after the
   * setting. The next one follows after as long as the job has been on Kafka so far, so that a job
   * which waits there for hours has a handful of copies. A copy does not change {@code
   * enqueued_at}.
   *
   * <p>Nobody waits for a mark, so its commit does not wait for the disk: if a crash of PostgreSQL
   * undoes it, Kafka gets a copy.
   *
   * @return how many were marked
   */
  public int markEnqueued(List<DueJob> jobs) {
    return database
        .sql(
            """
            with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
            acknowledged as (
              select * from unnest(:ids::uuid[], :reservations::timestamptz[])
                as acknowledged (request_id, publish_after)
              order by request_id limit cardinality(:ids::uuid[])),
            locked as materialized (
              select acknowledged.publish_after as reservation, job.*
              from acknowledged cross join lateral (
                select request_id, state, publish_after from public.generation_queue
                where request_id = acknowledged.request_id
                for update) job)
            update public.generation_queue job
            set enqueued_at = coalesce(job.enqueued_at, clock_timestamp()),
              publish_after = clock_timestamp()
                + greatest(:republishAfter * interval '1 millisecond', clock_timestamp() - job.enqueued_at)
            from locked, relaxed
            where job.request_id = locked.request_id and job.request_id = any (:ids::uuid[])
              and locked.state = 'dispatched' and locked.publish_after = locked.reservation
            """)
        .param("republishAfter", republishAfter.toMillis())
        .param("ids", Columns.texts(jobs.stream().map(job -> job.message().requestId())))
        .param("reservations", Columns.texts(jobs.stream().map(DueJob::reservedUntil)))
        .update();
  }

  /**
   * Remembers which topic holds the jobs. If it is another one than before, a broker has lost the
   * old one with all its records, and every enqueued job becomes due again. If several gateways
   * notice it, one of them does so.
   *
   * @param topicId Kafka's own id of the topic, which a topic created anew does not share
   * @return how many jobs are published again
   */
  public int releaseAllIfMoved(String topic, String topicId) {
    return database
        .sql(
            """
            with moved as (
              update public.generation_topics
              set topic_id = :topicId, since = clock_timestamp()
              where name = :topic and topic_id <> :topicId
              returning name),
            met as (
              insert into public.generation_topics (name, topic_id) values (:topic, :topicId)
              on conflict (name) do nothing),
            lost as (
              select request_id from public.generation_queue
              where exists (select from moved) and state = 'dispatched' and enqueued_at is not null
              order by request_id
              for update)
            update public.generation_queue job
            set state = 'due', enqueued_at = null, publish_after = now()
            from lost where job.request_id = lost.request_id
            """)
        .param("topic", topic)
        .param("topicId", topicId)
        .update();
  }
}
