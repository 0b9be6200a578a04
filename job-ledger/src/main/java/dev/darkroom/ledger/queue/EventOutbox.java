package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that have ended and whose completion event is not on Kafka: not yet, or no more, because
 * their topic was created anew.
 */
public final class EventOutbox {
  private final JdbcClient database;
  private final QueueEdges edges;
  private final Duration publishReservation;

  public EventOutbox(JdbcClient database, QueueEdges edges, Duration publishReservation) {
    this.database = database;
    this.edges = edges;
    this.publishReservation = publishReservation;
  }

  /**
   * Reserves ended jobs whose event nobody has published within their reservation. Of a job that
   * was deleted nobody is told.
   *
   * @param limit jobs at most; the longest ended first
   */
  public List<FinishedJob> reserveUnpublished(int limit) {
    return database
        .sql(
            """
            with unpublished as materialized (
              select request_id, exists (select from public.generation_jobs
                where request_id = queued.request_id) as known
              from public.generation_queue queued
              where state = 'ended' and publish_after between :edge and now()
              order by publish_after limit :limit
              for update of queued skip locked),
            reserved as (
              update public.generation_queue job
              set publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from unpublished
              where job.request_id = unpublished.request_id and known
                and job.request_id = any (array(select request_id from unpublished))
              returning job.request_id),
            deleted as (
              delete from public.generation_queue job using unpublished
              where job.request_id = unpublished.request_id and not known)
            select job.*
            from reserved cross join lateral (
              select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type,
                image_bytes, error_code, error_message, finished_at, created_at, traceparent
              from public.generation_jobs where request_id = reserved.request_id limit 1) job
            """)
        .param("edge", edges.current().ended())
        .param("limit", limit)
        .param("reservation", publishReservation.toMillis())
        .query((row, _) -> FinishedJob.of(row))
        .list();
  }

  /**
   * Removes from the queue ended jobs whose completion events Kafka has. The commit does not wait
   * for the disk: if a crash of PostgreSQL undoes it, consumers get a copy of an event.
   */
  public int markPublished(Collection<RequestId> jobs) {
    return database
        .sql(
            """
            with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
            acknowledged as (
              select * from unnest(:ids::uuid[]) as acknowledged (request_id)
              order by request_id limit cardinality(:ids::uuid[])),
            published as materialized (
              select job.*
              from acknowledged cross join lateral (
                select request_id, state from public.generation_queue
                where request_id = acknowledged.request_id
                for update) job)
            delete from public.generation_queue job using published, relaxed
            where job.request_id = published.request_id and job.request_id = any (:ids::uuid[])
              and published.state = 'ended'
            """)
        .param("ids", Columns.texts(jobs.stream()))
        .update();
  }

  /** The events of these jobs are not published for so long. */
  public int putOff(Collection<RequestId> jobs, Duration time) {
    return database
        .sql(
            """
            with refused as (
              select request_id from public.generation_queue
              where request_id = any (:ids::uuid[]) and state || '' = 'ended'
              order by request_id
              for update)
            update public.generation_queue job
            set publish_after = clock_timestamp() + :time * interval '1 millisecond'
            from refused where job.request_id = refused.request_id and job.request_id = any (:ids::uuid[])
            """)
        .param("ids", Columns.texts(jobs.stream()))
        .param("time", time.toMillis())
        .update();
  }

  /**
   * Remembers which topic holds the events. If it is another one than before, the events of jobs
   * that have ended are to be sent again, see {@link #replay}.
   *
   * @param topicId Kafka's own id of the topic, which a topic created anew does not share
   */
  public void remember(String topic, String topicId) {
    database
        .sql(
            """
            insert into public.generation_topics as known (name, topic_id, since)
            values (:topic, :topicId, clock_timestamp())
            on conflict (name) do update
            set topic_id = excluded.topic_id, since = excluded.since, replayed_until = '-infinity'
            where known.topic_id <> excluded.topic_id
            """)
        .param("topic", topic)
        .param("topicId", topicId)
        .update();
  }

  /**
   * Makes the events of one slice of the ended jobs due again, in the order of their ends, and
   * those of the groups that ended meanwhile, if the topic was created anew and they could still
   * have been read in the old one. The ledger keeps how far this has come, so any gateway goes on
   * where another one stopped.
   *
   * @param retention how far back an event could have been read
   * @param limit ends in a slice, about
   * @return jobs whose event is due again; empty if no slice is left
   */
  public OptionalInt replay(String topic, Duration retention, int limit) {
    return database
        .sql(
            """
            with moved as materialized (
              select since, greatest(replayed_until, now() - :retention * interval '1 millisecond') as after
              from public.generation_topics
              where name = :topic and replayed_until < since
              for update),
            slice as (
              select max(created_at) as until from (
                (select created_at from public.generation_logs
                  where status = 'completed' and created_at > (select after from moved)
                    and created_at <= (select since from moved)
                  order by created_at limit :limit)
                union all
                (select created_at from public.generation_logs
                  where status = 'failed' and created_at > (select after from moved)
                    and created_at <= (select since from moved)
                  order by created_at limit :limit)
                order by created_at limit :limit) as ends),
            ended as materialized (
              select distinct request_id from public.generation_logs
              where status in ('completed', 'failed') and created_at > (select after from moved)
                and created_at <= (select until from slice)),
            released as (
              insert into public.generation_queue (request_id, owner, user_id, state, deadline_at)
              select job.request_id, job.owner, job.user_id, 'ended', job.deadline_at
              from ended cross join lateral (
                select request_id, owner, user_id, deadline_at from public.generation_jobs
                where request_id = ended.request_id and finished_at is not null limit 1) job
              order by request_id
              on conflict (request_id) do nothing
              returning request_id),
            group_events as (
              update public.generation_groups as known set publish_after = now()
              from moved
              where publish_after is null and ended_at > moved.after
                and ended_at <= coalesce((select until from slice), moved.since)),
            advanced as (
              update public.generation_topics set replayed_until = coalesce(until, moved.since)
              from moved, slice where name = :topic)
            select (select count(*) from released) as released from moved, slice where until is not null
            """)
        .param("topic", topic)
        .param("retention", retention.toMillis())
        .param("limit", limit)
        .query((row, _) -> OptionalInt.of(row.getInt("released")))
        .optional()
        .orElseGet(OptionalInt::empty);
  }
}
