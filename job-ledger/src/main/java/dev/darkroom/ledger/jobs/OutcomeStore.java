package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.texts;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The transitions that end a job, once: complete, fail, cancel, deadline passed, record too large.
 */
public final class OutcomeStore {
  private static final String TOO_LARGE =
      "The request is larger than the queue takes. Shorten its prompt and send it again.";

  static final String CANCELLED = "The job was cancelled.";

  private final JdbcClient database;
  private final LedgerJson json;
  private final Duration publishReservation;
  private final JobMetrics metrics;

  public OutcomeStore(
      JdbcClient database, LedgerJson json, Duration publishReservation, JobMetrics metrics) {
    this.database = database;
    this.json = json;
    this.publishReservation = publishReservation;
    this.metrics = metrics;
  }

  /**
   * Ends the job with its picture. An attempt whose lease has lapsed may still do so as long as no
   * other attempt has begun: the picture is paid for.
   *
   * @param picture already durable and readable
   * @param details what the step says beside the attempt and the picture, such as its size
   * @return empty if the job has ended or another attempt has begun
   */
  public Optional<FinishedJob> completeIfCurrent(
      Attempt attempt, PictureRecord picture, Map<String, ?> details) {
    return completeIfCurrent(attempt, picture, CallBilling.YES, details);
  }

  /**
   * The same.
   *
   * @param billing of the attempt's call; where none was made, an earlier one of which nothing was
   *     known brought the picture
   */
  public Optional<FinishedJob> completeIfCurrent(
      Attempt attempt, PictureRecord picture, CallBilling billing, Map<String, ?> details) {
    var logged = new HashMap<String, Object>(details);
    logged.put("contentType", picture.contentType());
    logged.put("bytes", picture.bytes());
    logged.put("sha256", picture.sha256());
    return endIfCurrent(attempt, Step.IMAGE_GENERATED, picture, null, null, billing, logged);
  }

  /**
   * Ends the job without a picture.
   *
   * @param code a word for programs, such as {@code rejected}
   * @param message a sentence for the client: the provider's own words, without secrets
   * @return empty if the job has ended or another attempt has begun
   */
  public Optional<FinishedJob> failIfCurrent(
      Attempt attempt, Step step, String code, String message, Map<String, ?> details) {
    return failIfCurrent(attempt, step, code, message, CallBilling.NO, details);
  }

  /**
   * The same.
   *
   * @param billing of the attempt's call
   */
  public Optional<FinishedJob> failIfCurrent(
      Attempt attempt,
      Step step,
      String code,
      String message,
      CallBilling billing,
      Map<String, ?> details) {
    if (step.status() != JobStatus.FAILED) {
      throw new IllegalArgumentException(step.word() + " does not end a job");
    }
    var logged = new HashMap<String, Object>(details);
    logged.put("code", code);
    logged.put("reason", message);
    return endIfCurrent(attempt, step, null, code, Columns.storable(message), billing, logged);
  }

  private Optional<FinishedJob> endIfCurrent(
      Attempt attempt,
      Step step,
      @Nullable PictureRecord picture,
      @Nullable String code,
      @Nullable String message,
      CallBilling billing,
      Map<String, Object> details) {
    if (billing != CallBilling.NOT_CALLED) {
      details.put("billed", billing.word());
    }
    return database
        .sql(
            """
            with locked as materialized (
              select * from public.generation_queue where request_id = :id for update),
            current as (
              select request_id, (:billing <> 'not_called' and (state = 'claimed' or claim_token is null))::int as fresh,
                case when (:billing = 'not_called' and :status = 'completed')
                    or (:billing in ('yes', 'no') and state <> 'claimed' and error_code = 'outcome_unknown')
                  then least(1, calls_unknown) else 0 end as cleared
              from locked
              where state <> 'ended'
                and (claim_token is null or (claim_token = :claim and attempt = :attempt))),
            ended as (
              update public.generation_queue job
              set state = 'ended', turn = null, attempt = greatest(job.attempt, :attempt),
                claim_token = :claim, worker_id = :worker,
                calls = calls + fresh,
                calls_billed = calls_billed
                  + case when :billing = 'yes' then greatest(fresh, cleared) when :status = 'completed' then cleared else 0 end,
                calls_unknown = calls_unknown - cleared + case when :billing = 'unknown' then fresh else 0 end,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from current
              where job.request_id = current.request_id and job.request_id = :id
              returning job.*),
            finished as (
              update public.generation_jobs job
              set status = :status, attempts = ended.attempt, finished_at = clock_timestamp(),
                calls = ended.calls, calls_billed = ended.calls_billed, calls_unknown = ended.calls_unknown,
                image_url = :url, image_sha256 = :sha256, image_content_type = :contentType,
                image_bytes = :bytes::bigint, error_code = :code, error_message = :message
              from ended where job.request_id = ended.request_id
              returning job.*, ended.provider),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, image_url, created_at)
              select request_id, owner, user_id, request ->> 'prompt', status, :step,
                jsonb_strip_nulls(jsonb_build_object('attempt', attempts, 'worker', :worker::text, 'provider', provider))
                  || case status when 'completed' then jsonb_build_object('jobMillis',
                    (extract(epoch from finished_at - created_at) * 1000)::bigint) else '{}' end
                  || :details::jsonb,
                image_url, finished_at
              from finished)
            select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, created_at, traceparent
            from finished
            """)
        .param("reservation", publishReservation.toMillis())
        .param("status", step.status().word())
        .param("url", picture == null ? null : picture.url())
        .param("sha256", picture == null ? null : picture.sha256())
        .param("contentType", picture == null ? null : picture.contentType())
        .param("bytes", picture == null ? null : picture.bytes())
        .param("code", code)
        .param("message", message)
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("claim", attempt.claim())
        .param("billing", billing.word())
        .param("step", step.word())
        .param("details", json.write(details))
        .query((row, _) -> FinishedJob.of(row))
        .optional()
        .map(metrics::ended);
  }

  /**
   * Ends open jobs whose deadline has passed: at once those that can't have a picture, see {@link
   * JobQueries#findOverdueAttempts}; the others when a look into the store found none, or after a
   * while. The outcome of a running call is logged as unknown.
   *
   * @param limit jobs at most; the longest overdue first
   * @param without attempts for which no picture was found
   * @param patience how long after its deadline a job ends even if nobody looked for its picture
   */
  public List<FinishedJob> endOverdue(int limit, Collection<Attempt> without, Duration patience) {
    return database
        .sql(
            """
            with looked as (
              select * from unnest(:ids::uuid[], :attempts::int[]) as looked (request_id, attempt)),
            overdue as (
              select request_id, state = 'claimed' as held from public.generation_queue
              where state <> 'ended' and deadline_at <= now()
                and (attempt = 0
                  or (state <> 'claimed' and error_code not in ('outcome_unknown', 'picture_not_stored'))
                  or deadline_at <= now() - :patience * interval '1 millisecond'
                  or (request_id, attempt) in (select request_id, attempt from looked))
              order by deadline_at limit :limit
              for update skip locked),
            ended as (
              update public.generation_queue job
              set state = 'ended', turn = null, failures = failures + overdue.held::int,
                calls = calls + overdue.held::int, calls_unknown = calls_unknown + overdue.held::int,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from overdue
              where job.request_id = overdue.request_id
                and job.request_id = any (array(select request_id from overdue))
              returning job.*, overdue.held),
            finished as (
              update public.generation_jobs job
              set status = 'failed', attempts = ended.attempt, finished_at = clock_timestamp(),
                calls = ended.calls, calls_billed = ended.calls_billed, calls_unknown = ended.calls_unknown,
                error_code = 'deadline_exceeded',
                error_message = 'The job was not finished by its deadline.'
                  || coalesce(' The last error: ' || ended.error_message, '')
              from ended where job.request_id = ended.request_id
              returning job.*, ended.worker_id, ended.provider, ended.held),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', 'processing', 'attempt_outcome_unknown',
                jsonb_strip_nulls(jsonb_build_object('attempt', attempts, 'worker', worker_id, 'provider', provider,
                  'code', 'deadline_exceeded', 'reason', 'The deadline came while the call was under way.',
                  'counts', true, 'billed', 'unknown')),
                clock_timestamp()
              from finished where held
              union all
              select request_id, owner, user_id, request ->> 'prompt', 'failed', 'deadline_exceeded',
                jsonb_build_object('attempt', attempts, 'deadline', deadline_at, 'code', error_code,
                  'reason', error_message),
                clock_timestamp()
              from finished)
            select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, created_at, traceparent
            from finished
            """)
        .param("limit", limit)
        .param("ids", texts(without.stream().map(Attempt::requestId)))
        .param("attempts", texts(without.stream().map(Attempt::number)))
        .param("patience", patience.toMillis())
        .param("reservation", publishReservation.toMillis())
        .query((row, _) -> metrics.ended(FinishedJob.of(row)))
        .list();
  }

  /** Ends those of these jobs that are open and free, because Kafka does not take their records. */
  public List<FinishedJob> endOversized(Collection<RequestId> jobs) {
    return database
        .sql(
            """
            with oversized as (
              select request_id from public.generation_queue
              where request_id = any (:ids::uuid[]) and state || '' not in ('claimed', 'ended')
              order by request_id
              for update),
            ended as (
              update public.generation_queue job
              set state = 'ended', turn = null,
                publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from oversized
              where job.request_id = oversized.request_id and job.request_id = any (:ids::uuid[])
              returning job.*),
            finished as (
              update public.generation_jobs job
              set status = 'failed', attempts = ended.attempt, finished_at = clock_timestamp(),
                calls = ended.calls, calls_billed = ended.calls_billed, calls_unknown = ended.calls_unknown,
                error_code = :code, error_message = :reason
              from ended where job.request_id = ended.request_id
              returning job.*),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', status, :step,
                jsonb_build_object('attempt', attempts, 'code', error_code, 'reason', error_message),
                finished_at
              from finished)
            select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type,
              image_bytes, error_code, error_message, finished_at, created_at, traceparent
            from finished
            """)
        .param("ids", texts(jobs.stream()))
        .param("reservation", publishReservation.toMillis())
        .param("code", FailureCode.RECORD_TOO_LARGE.word())
        .param("reason", TOO_LARGE)
        .param("step", Step.RECORD_TOO_LARGE.word())
        .query((row, _) -> metrics.ended(FinishedJob.of(row)))
        .list();
  }

  /** What a request to cancel a job did. */
  public sealed interface Cancellation {
    /** The job waited; it has ended, and no call is made for it any more. */
    record Ended(FinishedJob job) implements Cancellation {}

    /** A worker has the job; it cuts the call within seconds, and then the job ends. */
    record Requested() implements Cancellation {}

    /** There is no such job, it has ended before, or it is not visible. */
    record NotOpen() implements Cancellation {}
  }

  /** As {@link #cancelIfOpen(RequestId, Visibility, String, AuditEntry)}, without an entry. */
  public Cancellation cancelIfOpen(RequestId job, Visibility visible, @Nullable String reason) {
    return cancelIfOpen(job, visible, reason, null);
  }

  /**
   * Ends the job if it waits; if a worker has it, asks that one to cut the call. A picture that
   * arrives before that completes the job all the same: it is paid for.
   *
   * <p>It writes the claim that it has locked, too: PostgreSQL checks constraints on the row as it
   * was before a concurrent claim, and only then looks for the newer one.
   *
   * @param visible to whoever cancels
   * @param reason a sentence for the log; null for none
   * @param audit written if the job is another owner's than the entry; null for none
   */
  public Cancellation cancelIfOpen(
      RequestId job, Visibility visible, @Nullable String reason, @Nullable AuditEntry audit) {
    return database
        .sql(
            """
            with locked as materialized (
              select * from public.generation_queue
              where request_id = :id and state <> 'ended' and (:owner::text is null or owner = :owner) for update),
            changed as (
              update public.generation_queue job
              set state = case locked.state when 'claimed' then 'claimed' else 'ended' end, turn = null,
                attempt = locked.attempt, worker_id = locked.worker_id, claim_token = locked.claim_token,
                cancel_requested_at = case locked.state when 'claimed'
                  then coalesce(job.cancel_requested_at, clock_timestamp()) end,
                publish_after = case locked.state when 'claimed' then job.publish_after
                  else clock_timestamp() + :reservation * interval '1 millisecond' end
              from locked where job.request_id = locked.request_id and job.request_id = :id
              returning job.*),
            finished as (
              update public.generation_jobs job
              set status = 'failed', attempts = changed.attempt, finished_at = clock_timestamp(),
                calls = changed.calls, calls_billed = changed.calls_billed, calls_unknown = changed.calls_unknown,
                error_code = :code, error_message = :message
              from changed where job.request_id = changed.request_id and changed.state = 'ended'
              returning job.*),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', status, :step,
                jsonb_build_object('attempt', attempts, 'code', error_code, 'reason', coalesce(:reason, error_message)),
                finished_at
              from finished),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, entry.target, changed.owner, entry.address, entry.trace, entry.details
              from changed cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
              where entry.actor is not null and entry.owner <> changed.owner
                and exists (select from locked where state <> 'claimed' or cancel_requested_at is null))
            select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type,
              image_bytes, finished.error_code, finished.error_message, finished_at, created_at, traceparent
            from changed left join finished using (request_id, user_id)
            """)
        .param("audit", AuditEntry.row(audit))
        .param("id", job.value())
        .param("owner", visible.owner())
        .param("reservation", publishReservation.toMillis())
        .param("code", FailureCode.CANCELLED.word())
        .param("message", CANCELLED)
        .param("reason", reason == null ? null : Columns.storable(reason))
        .param("step", Step.CANCELLED.word())
        .query((row, _) ->
            row.getString("status") == null
                ? new Cancellation.Requested()
                : new Cancellation.Ended(metrics.ended(FinishedJob.of(row))))
        .optional()
        .orElseGet(Cancellation.NotOpen::new);
  }
}
