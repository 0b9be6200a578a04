package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Completion events that were in a topic which was created anew. They are made due again in slices,
 * as there may be many; what is left to do can be told from the ledger alone, so that any gateway
 * goes on where another one stopped.
 */
public final class LostEvents {
  private final JdbcClient database;

  LostEvents(JdbcClient database) {
    this.database = database;
  }

  /**
   * Remembers which topic holds the events.
   *
   * @return since when it is another one than before: events that were published earlier are lost.
   *     The epoch where it is the first that is known; empty where another gateway just found out
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
  public record Slice(Instant until, int released) {}

  /**
   * Makes the events of a slice due again, as far as they were published before the topic was
   * another one and could still have been read there.
   *
   * @param after ends at or before this were in the slice before
   * @param limit ends in a slice, about
   * @return empty where no job ended between {@code after} and {@code movedAt}
   */
  public Optional<Slice> release(JobStatus ended, Instant after, Instant movedAt, int limit) {
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
        .param("after", at(after))
        .param("movedAt", at(movedAt))
        .param("limit", limit)
        .query((row, _) -> new Slice(Columns.instant(row, "until"), row.getInt("released")))
        .optional();
  }

  /** The ledger's time before which an event can't be read any more that was sent then. */
  public Instant horizon(Duration retention) {
    return database
        .sql("select now() - :retention * interval '1 millisecond' as horizon")
        .param("retention", retention.toMillis())
        .query((row, _) -> Columns.instant(row, "horizon"))
        .single();
  }

  private static OffsetDateTime at(Instant time) {
    return OffsetDateTime.ofInstant(time, ZoneOffset.UTC);
  }
}
