package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that were let go and are not on Kafka, or have been there for too long. Those that wait to
 * be let go are in {@link JobTurns}.
 */
public final class JobOutbox {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;

  JobOutbox(JdbcClient database, LedgerJson json, LedgerSettings settings) {
    this.database = database;
    this.json = json;
    this.settings = settings;
  }

  /**
   * Reserves jobs that were let go and that nobody has published in the time they had for it; and
   * those whose record no worker has taken up for {@code darkroom.ledger.republish-after}. Any
   * number of gateways may ask at once; each job goes to one of them. They had their turn, and are
   * no more than the window has let go.
   *
   * @param limit jobs at most; the longest due first
   */
  public List<DueJob> reserveDue(int limit) {
    return reserveOverdue(limit, Duration.ZERO);
  }

  /**
   * As {@link #reserveDue(int)}, only those that nobody has reserved for so long although they were
   * due.
   */
  public List<DueJob> reserveOverdue(int limit, Duration by) {
    return database
        .sql(
            """
            with due as (
              select request_id from public.generation_jobs
              where let_go and lease_until is null and finished_at is null
                and publish_after <= now() - :overdue * interval '1 millisecond'
              order by publish_after limit :limit
              for update skip locked)
            update public.generation_jobs job
            set publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
            from due where job.request_id = due.request_id
            returning job.request_id, user_id, request, deadline_at, created_at, publish_after, traceparent
            """)
        .param("limit", limit)
        .param("overdue", by.toMillis())
        .param("reservation", settings.publishReservation().toMillis())
        .query((row, _) -> JobColumns.dueJob(row, json))
        .list();
  }

  /**
   * Records that Kafka has these jobs. One that was rescheduled or reserved again meanwhile has
   * another reservation, and stays unpublished; one that a worker took up needs no mark any more.
   *
   * <p>A copy does not change the place in the queue that {@code enqueued_at} stands for. The time
   * until the next one is five times the setting at first, and later as long as the job has waited
   * so far: however long a healthy queue is, a job has a handful of copies in it.
   *
   * <p>Nobody waits for a mark, so its commit does not wait for the disk: one that a crash of
   * PostgreSQL takes back costs a copy on Kafka.
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
            sent as (
              select acknowledged.request_id
              from acknowledged cross join lateral (
                select from public.generation_jobs
                where request_id = acknowledged.request_id and publish_after = acknowledged.publish_after
                  and lease_until is null and finished_at is null
                for update) job)
            update public.generation_jobs job
            set enqueued_at = coalesce(job.enqueued_at, clock_timestamp()),
              publish_after = clock_timestamp()
                + greatest(5 * :republishAfter * interval '1 millisecond', clock_timestamp() - job.due_at)
            from sent, relaxed where job.request_id = sent.request_id
            """)
        .param("republishAfter", settings.republishAfter().toMillis())
        .param("ids", Columns.texts(jobs.stream().map(job -> job.message().requestId())))
        .param("reservations", Columns.texts(jobs.stream().map(DueJob::reservedUntil)))
        .update();
  }

  /**
   * A job that was enqueued.
   *
   * @param enqueuedAt its place in its partition
   */
  public record Enqueued(RequestId id, Instant enqueuedAt) {}

  /** The ledger's time, and the jobs that run, at the same moment. */
  public record Running(Instant now, List<Enqueued> jobs) {}

  /** What runs, as far as it is known when its record was enqueued. */
  public Running running() {
    var jobs =
        database
            .sql(
                """
                select now() as now, request_id, enqueued_at
                from (select) as once left join public.generation_jobs
                  on lease_until is not null and enqueued_at <= now()
                """)
            .query((row, _) ->
                new RunningRow(
                    Columns.instant(row, "now"),
                    row.getObject("request_id") == null
                        ? Optional.empty()
                        : Optional.of(enqueued(row))))
            .list();
    return new Running(
        jobs.getFirst().now(), jobs.stream().flatMap(row -> row.job().stream()).toList());
  }

  private record RunningRow(Instant now, Optional<Enqueued> job) {}

  private static Enqueued enqueued(ResultSet row) throws SQLException {
    return new Enqueued(Columns.requestId(row), Columns.instant(row, "enqueued_at"));
  }

  /**
   * Jobs that nobody has taken up and that were enqueued {@code darkroom.ledger.republish-after}
   * before this head of their queue. Kafka hands out the records of a partition in order, so where
   * the head is one of the same partition their record is lost, or was dropped after too many
   * deliveries. A queue that is long, or that nobody serves, has no head that is so far ahead.
   */
  public List<Enqueued> behind(Instant head) {
    return database
        .sql(
            """
            select request_id, enqueued_at from public.generation_jobs
            where let_go and lease_until is null and finished_at is null and due_at <= now()
              and enqueued_at < :head - :republishAfter * interval '1 millisecond'
            """)
        .param("head", OffsetDateTime.ofInstant(head, ZoneOffset.UTC))
        .param("republishAfter", settings.republishAfter().toMillis())
        .query((row, _) -> enqueued(row))
        .list();
  }

  /** How much later another record may have been enqueued that is taken up before a job's own. */
  public Duration patience() {
    return settings.republishAfter();
  }

  /**
   * Makes these due again, with a turn to be drawn, unless they were taken up or sent meanwhile.
   *
   * @return how many there were
   */
  public int release(List<Enqueued> lost) {
    return database
        .sql(
            """
            with lost as (
              select job.request_id from public.generation_jobs job
              join unnest(:ids::uuid[], :places::timestamptz[]) as lost (request_id, enqueued_at)
                on job.request_id = lost.request_id and job.enqueued_at = lost.enqueued_at
              where let_go and lease_until is null and finished_at is null and due_at <= now()
              order by job.request_id
              for update of job skip locked)
            update public.generation_jobs job
            set enqueued_at = null, let_go = false, publish_after = now()
            from lost where job.request_id = lost.request_id
            """)
        .param("ids", Columns.texts(lost.stream().map(Enqueued::id)))
        .param("places", Columns.texts(lost.stream().map(Enqueued::enqueuedAt)))
        .update();
  }

  /**
   * Remembers which topic holds the jobs. Where it is another one than before, a broker has lost
   * the old one with all that was in it, and every job that was enqueued is made due again, with a
   * turn to be drawn. Of any number of gateways that notice it, one does so.
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
              select request_id from public.generation_jobs
              where exists (select from moved)
                and let_go and lease_until is null and finished_at is null
                and enqueued_at is not null
              order by request_id
              for update)
            update public.generation_jobs job
            set enqueued_at = null, let_go = false, publish_after = now()
            from lost where job.request_id = lost.request_id
            """)
        .param("topic", topic)
        .param("topicId", topicId)
        .update();
  }
}
