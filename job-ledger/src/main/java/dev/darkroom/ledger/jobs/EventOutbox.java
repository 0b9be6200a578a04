package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that have ended and whose completion event is not yet on Kafka. */
public final class EventOutbox {
  private final JdbcClient database;
  private final LedgerSettings settings;

  EventOutbox(JdbcClient database, LedgerSettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /**
   * Reserves ended jobs whose event nobody has published in the time they had for it.
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
        .param("reservation", settings.publishReservation().toMillis())
        .query((row, _) -> JobColumns.finished(row))
        .list();
  }

  /**
   * Records that Kafka has the completion events of these jobs. The commit does not wait for the
   * disk: a mark that a crash of PostgreSQL takes back costs a copy of an event.
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

  /** Nobody publishes the events of these jobs for so long. */
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
}
