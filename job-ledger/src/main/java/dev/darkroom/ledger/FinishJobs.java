package dev.darkroom.ledger;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transitions "complete" and "fail": how a job ends in the hands of a worker, once. */
public final class FinishJobs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;

  FinishJobs(JdbcClient database, LedgerJson json, LedgerSettings settings) {
    this.database = database;
    this.json = json;
    this.settings = settings;
  }

  /**
   * Ends the job with its picture, which must be readable by now. An attempt whose lease has lapsed
   * may still do so as long as no other attempt has begun: the picture is paid for.
   *
   * @param details what the step says beside the attempt and the picture, such as the provider's
   *     latency
   * @return empty where the job has ended or another attempt has begun
   */
  public Optional<FinishedJob> completeIfCurrent(
      Attempt attempt, PictureRecord picture, Map<String, ?> details) {
    var said = new HashMap<String, Object>(details);
    said.put("contentType", picture.contentType());
    said.put("bytes", picture.bytes());
    said.put("sha256", picture.sha256());
    return finish(attempt, Step.IMAGE_GENERATED, picture, null, null, said);
  }

  /**
   * Ends the job without a picture.
   *
   * @param code a word for programs, such as {@code rejected}
   * @param message a sentence for the client: the provider's own words, without secrets
   * @return empty where the job has ended or another attempt has begun
   */
  public Optional<FinishedJob> failIfCurrent(
      Attempt attempt, Step step, String code, String message, Map<String, ?> details) {
    if (step.status() != JobStatus.FAILED) {
      throw new IllegalArgumentException(step.word() + " does not end a job");
    }
    var said = new HashMap<String, Object>(details);
    said.put("code", code);
    said.put("reason", message);
    return finish(attempt, step, null, code, Columns.storable(message), said);
  }

  private Optional<FinishedJob> finish(
      Attempt attempt,
      Step step,
      @Nullable PictureRecord picture,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      Map<String, ?> details) {
    return database
        .sql(
            """
            with finished as (
              update public.generation_jobs
              set status = :status, finished_at = clock_timestamp(), lease_until = null,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond',
                image_url = :url, image_sha256 = :sha256, image_content_type = :contentType, image_bytes = :bytes,
                error_code = :code, error_message = :message
              where request_id = :id and finished_at is null and attempt = :attempt
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, image_url, created_at)
              select request_id, user_id, request ->> 'prompt', status, :step,
                jsonb_build_object('attempt', attempt, 'worker', :worker::text) || :details::jsonb,
                image_url, finished_at
              from finished)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, traceparent
            from finished
            """)
        .param("status", step.status().word())
        .param("reservation", settings.publishReservation().toMillis())
        .param("url", picture == null ? null : picture.url())
        .param("sha256", picture == null ? null : picture.sha256())
        .param("contentType", picture == null ? null : picture.contentType())
        .param("bytes", picture == null ? null : picture.bytes(), java.sql.Types.BIGINT)
        .param("code", errorCode)
        .param("message", errorMessage)
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("step", step.word())
        .param("details", json.write(details))
        .query((row, _) -> Columns.finished(row))
        .optional();
  }
}
