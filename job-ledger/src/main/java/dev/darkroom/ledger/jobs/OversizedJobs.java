package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.Step;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The transition "too large": jobs whose record is larger than Kafka takes, and so never starts.
 */
public final class OversizedJobs {
  private static final String CODE = FailureCode.RECORD_TOO_LARGE.word();
  private static final String REASON =
      "The request is larger than the queue takes. Shorten its prompt and send it again.";

  private final JdbcClient database;
  private final LedgerSettings settings;
  private final JobMeters meters;

  OversizedJobs(JdbcClient database, LedgerSettings settings, JobMeters meters) {
    this.database = database;
    this.settings = settings;
    this.meters = meters;
  }

  /** Ends those of these jobs that are open and that no worker has in hand. */
  public List<FinishedJob> end(Collection<DueJob> jobs) {
    return database
        .sql(
            """
            with oversized as (
              select request_id from public.generation_jobs
              where request_id = any (:ids::uuid[]) and lease_until is null and finished_at is null
              order by request_id
              for update),
            ended as (
              update public.generation_jobs job
              set status = 'failed', finished_at = clock_timestamp(),
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond',
                error_code = :code, error_message = :reason
              from oversized where job.request_id = oversized.request_id
              returning job.*),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', status, :step,
                jsonb_build_object('attempt', attempt, 'code', error_code, 'reason', error_message),
                finished_at
              from ended)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type,
              image_bytes, error_code, error_message, finished_at, created_at, traceparent
            from ended
            """)
        .param("ids", Columns.texts(jobs.stream().map(job -> job.message().requestId())))
        .param("reservation", settings.publishReservation().toMillis())
        .param("code", CODE)
        .param("reason", REASON)
        .param("step", Step.RECORD_TOO_LARGE.word())
        .query((row, _) -> meters.ended(JobColumns.finished(row)))
        .list();
  }
}
