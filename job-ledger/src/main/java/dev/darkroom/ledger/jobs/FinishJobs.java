package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transitions "complete" and "fail": how a job ends in the hands of a worker, once. */
public final class FinishJobs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;
  private final JobMeters meters;

  FinishJobs(JdbcClient database, LedgerJson json, LedgerSettings settings, JobMeters meters) {
    this.database = database;
    this.json = json;
    this.settings = settings;
    this.meters = meters;
  }

  /**
   * Ends the job with its picture. An attempt whose lease has lapsed may still do so as long as no
   * other attempt has begun: the picture is paid for.
   *
   * @return empty where the job has ended or another attempt has begun
   */
  public Optional<FinishedJob> completeIfCurrent(Completion completion) {
    return completeIfCurrent(List.of(completion)).getFirst();
  }

  /**
   * Does so for several in one statement, and so in one commit.
   *
   * @return the ended jobs, in the order of the completions; empty where a job has ended or another
   *     attempt has begun
   */
  public List<Optional<FinishedJob>> completeIfCurrent(List<Completion> completions) {
    var ended =
        database
            .sql(
                """
                with outcome as (
                  select distinct on (request_id, attempt) *
                  from unnest(:ids::uuid[], :attempts::int[], :workers::text[], :urls::text[], :hashes::text[],
                      :contentTypes::text[], :bytes::bigint[], :details::jsonb[])
                    as outcome (request_id, attempt, worker, url, sha256, content_type, bytes, details)
                  order by request_id, attempt limit cardinality(:ids::uuid[])),
                saved as (
                  select outcome.*
                  from outcome cross join lateral (
                    select from public.generation_jobs
                    where request_id = outcome.request_id and attempt = outcome.attempt
                      and coalesce(worker_id, outcome.worker) = outcome.worker and finished_at is null
                    for update) job),
                finished as (
                  update public.generation_jobs job
                  set status = 'completed', finished_at = clock_timestamp(), lease_until = null,
                    publish_after = clock_timestamp() + :reservation * interval '1 millisecond',
                    image_url = saved.url, image_sha256 = saved.sha256,
                    image_content_type = saved.content_type, image_bytes = saved.bytes,
                    error_code = null, error_message = null
                  from saved where job.request_id = saved.request_id
                  returning job.*, saved.worker, saved.details),
                logged as (
                  insert into public.generation_logs
                    (request_id, user_id, prompt, status, step, details, image_url, created_at)
                  select request_id, user_id, request ->> 'prompt', status, 'image_generated',
                    jsonb_build_object('attempt', attempt, 'worker', worker,
                      'jobMillis', (extract(epoch from finished_at - created_at) * 1000)::bigint) || details,
                    image_url, finished_at
                  from finished)
                select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type,
                  image_bytes, error_code, error_message, finished_at, created_at, traceparent
                from finished
                """)
            .param("reservation", settings.publishReservation().toMillis())
            .param("ids", texts(completions, done -> done.attempt().requestId()))
            .param("attempts", texts(completions, done -> done.attempt().number()))
            .param("workers", texts(completions, done -> done.attempt().workerId()))
            .param("urls", texts(completions, done -> done.picture().url()))
            .param("hashes", texts(completions, done -> done.picture().sha256()))
            .param("contentTypes", texts(completions, done -> done.picture().contentType()))
            .param("bytes", texts(completions, done -> done.picture().bytes()))
            .param("details", texts(completions, done -> json.write(details(done))))
            .query((row, _) -> JobColumns.finished(row))
            .list()
            .stream()
            .map(meters::ended)
            .collect(
                Collectors.toMap(
                    job -> new Ended(job.event().requestId(), job.event().attempts()),
                    Function.identity()));
    // each is told once, even if it was handed in twice
    return completions.stream()
        .map(Completion::attempt)
        .map(attempt -> Optional.ofNullable(ended.remove(Ended.by(attempt))))
        .toList();
  }

  /** What a row that comes back says of whose completion it was. */
  private record Ended(RequestId id, int attempt) {
    static Ended by(Attempt attempt) {
      return new Ended(attempt.requestId(), attempt.number());
    }
  }

  private static String[] texts(List<Completion> completions, Function<Completion, ?> part) {
    return Columns.texts(completions.stream().map(part));
  }

  private static Map<String, Object> details(Completion done) {
    var details = new HashMap<String, Object>(done.details());
    details.put("contentType", done.picture().contentType());
    details.put("bytes", done.picture().bytes());
    details.put("sha256", done.picture().sha256());
    return details;
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
    return database
        .sql(
            """
            with finished as (
              update public.generation_jobs
              set status = 'failed', finished_at = clock_timestamp(), lease_until = null,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond',
                error_code = :code, error_message = :message
              where request_id = :id and finished_at is null and attempt = :attempt
                and coalesce(worker_id, :worker) = :worker
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', status, :step,
                jsonb_build_object('attempt', attempt, 'worker', :worker::text) || :details::jsonb,
                finished_at
              from finished)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, created_at, traceparent
            from finished
            """)
        .param("reservation", settings.publishReservation().toMillis())
        .param("code", code)
        .param("message", Columns.storable(message))
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("step", step.word())
        .param("details", json.write(said))
        .query((row, _) -> JobColumns.finished(row))
        .optional()
        .map(meters::ended);
  }
}
