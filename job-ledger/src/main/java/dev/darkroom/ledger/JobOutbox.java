package dev.darkroom.ledger;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that are due and not on Kafka, or have been there for too long. */
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
   * Reserves jobs that nobody has published in the time they had for it: missed publishes, retries
   * whose time has come, rescued jobs; and those whose record no worker has taken up for {@code
   * darkroom.ledger.republish-after}. Any number of gateways may ask at once; each job goes to one
   * of them.
   *
   * @param limit jobs at most; the longest due first
   */
  public List<DueJob> reserveDue(int limit) {
    return database
        .sql(
            """
            with due as (
              select request_id from public.generation_jobs
              where lease_until is null and finished_at is null and publish_after <= now()
              order by publish_after limit :limit
              for update skip locked)
            update public.generation_jobs job
            set enqueued_at = null, publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
            from due where job.request_id = due.request_id
            returning job.request_id, user_id, request, deadline_at, created_at, publish_after, traceparent
            """)
        .param("limit", limit)
        .param("reservation", settings.publishReservation().toMillis())
        .query((row, _) ->
            new DueJob(
                Columns.message(row, json),
                Columns.trace(row),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "publish_after")))
        .list();
  }

  /**
   * Records that Kafka has these jobs. One that was rescheduled or reserved again meanwhile has
   * another reservation, and stays unpublished; one that a worker took up needs no mark any more.
   *
   * <p>The time until such a job is published again doubles with each copy, up to five times the
   * setting: a long but healthy queue gets a handful of copies of a job until its deadline, not one
   * a minute.
   *
   * @return how many were marked
   */
  public int markEnqueued(List<DueJob> jobs) {
    return database
        .sql(
            """
            with sent as (
              select job.request_id from public.generation_jobs job
              join unnest(:ids::uuid[], :reservations::timestamptz[]) as sent (request_id, publish_after)
                using (request_id, publish_after)
              where job.enqueued_at is null and job.lease_until is null and job.finished_at is null
              order by job.request_id
              for update of job)
            update public.generation_jobs job
            set enqueued_at = clock_timestamp(),
              publish_after = clock_timestamp()
                + least(5 * :republishAfter * interval '1 millisecond',
                    greatest(:republishAfter * interval '1 millisecond', clock_timestamp() - job.due_at))
            from sent where job.request_id = sent.request_id
            """)
        .param("republishAfter", settings.republishAfter().toMillis())
        .param("ids", Columns.texts(jobs.stream().map(job -> job.message().requestId())))
        .param("reservations", Columns.texts(jobs.stream().map(DueJob::reservedUntil)))
        .update();
  }
}
