package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that have ended and whose completion event is not on Kafka: not yet, or no more, because
 * their topic was created anew.
 */
public final class EventOutbox {
  private final JdbcClient database;
  private final Duration publishReservation;

  public EventOutbox(JdbcClient database, Duration publishReservation) {
    this.database = database;
    this.publishReservation = publishReservation;
  }

  /**
   * Reserves ended jobs whose event nobody has published within their reservation.
   *
   * @param limit jobs at most; the longest ended first
   */
  public List<FinishedJob> reserveUnpublished(int limit) {
    return database
        .sql(
            """
            with unpublished as (
              select request_id from public.generation_jobs
              where finished_at is not null and event_published_at is null and publish_after <= now()
              order by publish_after limit :limit
              for update skip locked)
            update public.generation_jobs job
            set publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
            from unpublished where job.request_id = unpublished.request_id
            returning job.request_id, user_id, status, attempt, image_url, image_sha256, image_content_type,
              image_bytes, error_code, error_message, finished_at, created_at, traceparent
            """)
        .param("limit", limit)
        .param("reservation", publishReservation.toMillis())
        .query((row, _) -> FinishedJob.of(row))
        .list();
  }

  /**
   * Records that Kafka has the completion events of these jobs. The commit does not wait for the
   * disk: if a crash of PostgreSQL undoes it, consumers get a copy of an event.
   */
  public int markPublished(Collection<RequestId> jobs) {
    return database
        .sql(
            """
            with relaxed as materialized (select set_config('synchronous_commit', 'off', true)),
            acknowledged as (
              select * from unnest(:ids::uuid[]) as acknowledged (request_id)
              order by request_id limit cardinality(:ids::uuid[])),
            published as (
              select acknowledged.request_id
              from acknowledged cross join lateral (
                select from public.generation_jobs
                where request_id = acknowledged.request_id
                  and status in ('completed', 'failed') and event_published_at is null
                for update) job)
            update public.generation_jobs job set event_published_at = clock_timestamp()
            from published, relaxed where job.request_id = published.request_id
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
              select request_id from public.generation_jobs
              where request_id = any (:ids::uuid[])
                and finished_at is not null and event_published_at is null
              order by request_id
              for update)
            update public.generation_jobs job
            set publish_after = clock_timestamp() + :time * interval '1 millisecond'
            from refused where job.request_id = refused.request_id
            """)
        .param("ids", Columns.texts(jobs.stream()))
        .param("time", time.toMillis())
        .update();
  }

  /**
   * Remembers which topic holds the events.
   *
   * @return since when it is another one than before: events that were published earlier are lost.
   *     The epoch if it is the first known topic; empty if another gateway just found out
   */
  public Optional<Instant> movedAt(String topic, String topicId) {
    return database
        .sql(
            """
            with moved as (
              update public.generation_topics
              set topic_id = :topicId, since = clock_timestamp()
              where name = :topic and topic_id <> :topicId
              returning since),
            met as (
              insert into public.generation_topics (name, topic_id, since)
              values (:topic, :topicId, 'epoch')
              on conflict (name) do nothing
              returning since)
            select since from moved
            union all select since from met
            union all select since from public.generation_topics
              where name = :topic and topic_id = :topicId
            """)
        .param("topic", topic)
        .param("topicId", topicId)
        .query((row, _) -> Columns.instant(row, "since"))
        .list()
        .stream()
        .findFirst();
  }

  /**
   * One slice of the ended jobs, in the order of their ends.
   *
   * @param until the next one begins after this
   * @param released jobs whose event is due again
   */
  public record ReplaySlice(Instant until, int released) {}

  /**
   * Makes the events of a slice due again if they were published before the topic was another one
   * and could still have been read there. There may be many, hence slices; the ledger alone tells
   * what is left, so any gateway can go on where another one stopped.
   *
   * @param after ends at or before this were in the slice before
   * @param limit ends in a slice, about
   * @return empty if no job ended between {@code after} and {@code movedAt}
   */
  public Optional<ReplaySlice> release(JobStatus ended, Instant after, Instant movedAt, int limit) {
    return database
        .sql(
            """
            with slice as (
              select max(created_at) as until from (
                select created_at from public.generation_logs
                where status = :status and created_at > :after and created_at <= :movedAt
                order by created_at limit :limit) as ends),
            lost as (
              select request_id from public.generation_jobs
              where request_id in (
                  select request_id from public.generation_logs, slice
                  where status = :status and created_at > :after and created_at <= slice.until)
                and finished_at is not null and event_published_at < :movedAt
              order by request_id
              for update),
            released as (
              update public.generation_jobs job
              set event_published_at = null, publish_after = now()
              from lost where job.request_id = lost.request_id
              returning job.request_id)
            select until, (select count(*) from released) as released from slice
            where until is not null
            """)
        .param("status", ended.word())
        .param("after", after.atOffset(ZoneOffset.UTC))
        .param("movedAt", movedAt.atOffset(ZoneOffset.UTC))
        .param("limit", limit)
        .query((row, _) -> new ReplaySlice(Columns.instant(row, "until"), row.getInt("released")))
        .optional();
  }

  /** The ledger's time before which events were sent that can't be read any more. */
  public Instant horizon(Duration retention) {
    return database
        .sql("select now() - :retention * interval '1 millisecond' as horizon")
        .param("retention", retention.toMillis())
        .query((row, _) -> Columns.instant(row, "horizon"))
        .single();
  }
}
