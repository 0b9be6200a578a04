package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.instant;
import static dev.darkroom.ledger.row.Columns.texts;
import static java.util.Objects.requireNonNull;

import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The transitions of an open job: accept, claim, reschedule and rescue. They decide who may work on
 * it, as long as its worker's lease in {@link WorkerStore} lasts; {@link OutcomeStore} ends it.
 * Each is one guarded statement that also writes its step into the log.
 */
public final class JobStore {
  private static final RetryableFailure LEASE_LAPSED =
      new RetryableFailure(
          Step.ATTEMPT_OUTCOME_UNKNOWN,
          "outcome_unknown",
          "The worker's lease lapsed; whether Nebius carried out the call is unknown.",
          true,
          Duration.ZERO);

  private final JdbcClient database;
  private final LedgerJson json;
  private final AttemptPolicy attempts;
  private final Duration publishReservation;
  private final Duration keepKeys;
  private final JobMetrics metrics;

  public JobStore(
      JdbcClient database,
      LedgerJson json,
      AttemptPolicy attempts,
      Duration publishReservation,
      Duration keepKeys,
      JobMetrics metrics) {
    this.database = database;
    this.json = json;
    this.attempts = attempts;
    this.publishReservation = publishReservation;
    this.keepKeys = keepKeys;
    this.metrics = metrics;
  }

  /** Accepts the jobs, for the caller to publish all of them. */
  public List<Acceptance> accept(List<NewJob> jobs) {
    return accept(jobs, jobs.size());
  }

  /**
   * Accepts the jobs in one statement, and so in one commit, except those whose key already stands
   * for a job of their owner: of an earlier call, of a concurrent one, or earlier in this list.
   * When this returns, the accepted jobs are durable. The caller has {@code
   * darkroom.ledger.publish-reservation} to publish the first ones before a sweep does. The others
   * get a turn in the fair queue; two concurrent statements may give the same turn to two jobs of
   * one line.
   *
   * <p>Where another transaction is about to take one of the keys, the statement waits for its end.
   * It takes keys in their order, so that two batches never deadlock. It also touches rows that it
   * does not take, because only that lets it read what was committed after it began.
   *
   * @param dispatched how many of the jobs, from the first, the caller publishes
   * @return the result of each, in the order of the jobs
   * @throws org.springframework.dao.DataAccessException if the ledger does not answer; the jobs may
   *     then be accepted or not
   */
  public List<Acceptance> accept(List<NewJob> jobs, int dispatched) {
    return database
        .sql(
            """
            with new_job as (
              select *, case when owner = '' then user_id else owner end as line
              from unnest(:ids::uuid[], :owners::text[], :users::text[], :requests::jsonb[], :calls::jsonb[], :deadlines::bigint[],
                  :traces::text[], :keys::text[], :fingerprints::text[], :originals::uuid[], :webhooks::jsonb[])
                with ordinality
                as new_job (request_id, owner, user_id, request, call, deadline, traceparent, key, fingerprint,
                  replay_of, webhook, position)),
            held as (
              insert into public.generation_idempotency_keys as known (owner, key, fingerprint, request_id)
              select distinct on (owner, key) owner, key, fingerprint, request_id from new_job where key is not null
              order by owner, key, position
              on conflict (owner, key) do update
              set fingerprint = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.fingerprint else known.fingerprint end,
                request_id = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.request_id else known.request_id end,
                created_at = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.created_at else known.created_at end
              returning owner, key, fingerprint, request_id),
            line_end as (
              select line, (select max(turn) from public.generation_queue job
                where case when job.owner = '' then job.user_id else job.owner end = asking.line
                  and state = 'in_line') as last
              from (select distinct line from new_job where position > :dispatched) as asking),
            accepted as (
              insert into public.generation_jobs
                (request_id, owner, user_id, request, call, deadline_at, traceparent, replay_of, webhook)
              select request_id, owner, user_id, request, call, now() + deadline * interval '1 millisecond', traceparent,
                replay_of, webhook
              from new_job
              where key is null or request_id in (select request_id from held)
              returning *),
            queued as (
              insert into public.generation_queue
                (request_id, owner, user_id, state, turn, publish_after, deadline_at)
              select request_id, owner, user_id, case when position <= :dispatched then 'dispatched' else 'in_line' end,
                case when position > :dispatched
                  then greatest(0, (select now_serving from public.generation_turns), last + 1) - 1
                    + row_number() over (partition by line, position > :dispatched order by position) end,
                case when position <= :dispatched
                  then now() + :reservation * interval '1 millisecond' else 'infinity' end,
                accepted.deadline_at
              from accepted join new_job using (request_id, owner, user_id) left join line_end using (line)
              returning request_id, state, publish_after),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select accepted.deadline_at, publish_after, created_at, state = 'dispatched' as dispatched,
              held.request_id, held.fingerprint = new_job.fingerprint as same
            from new_job left join accepted using (request_id) left join queued using (request_id)
              left join held on held.owner = new_job.owner and held.key = new_job.key
            order by position
            """)
        .param("reservation", publishReservation.toMillis())
        .param("dispatched", dispatched)
        .param("keep", keepKeys.toMillis())
        .param("ids", texts(jobs.stream().map(NewJob::id)))
        .param("owners", texts(jobs.stream().map(NewJob::owner)))
        .param("users", texts(jobs.stream().map(NewJob::userId)))
        .param("requests", texts(jobs.stream().map(job -> json.write(job.request()))))
        .param("calls", texts(jobs.stream().map(job -> json.write(job.call()))))
        .param("deadlines", texts(jobs.stream().map(job -> job.deadline().toMillis())))
        .param("traces", texts(jobs.stream().map(job -> job.trace().value())))
        .param("keys", textsOrNull(jobs, NewJob::key, IdempotencyKey::value))
        .param("fingerprints", textsOrNull(jobs, NewJob::key, IdempotencyKey::fingerprint))
        .param("originals", textsOrNull(jobs, NewJob::replayOf, RequestId::toString))
        .param("webhooks", textsOrNull(jobs, NewJob::webhook, json::write))
        .query((row, number) -> acceptance(row, jobs.get(number)))
        .list();
  }

  private static <T> @Nullable String[] textsOrNull(
      List<NewJob> jobs, Function<NewJob, @Nullable T> part, Function<T, String> text) {
    return jobs.stream()
        .map(part)
        .map(value -> value == null ? null : text.apply(value))
        .toArray(String[]::new);
  }

  private static Acceptance acceptance(ResultSet row, NewJob job) throws SQLException {
    var acceptedAt = Columns.instantOrNull(row, "created_at");
    if (acceptedAt == null) {
      return row.getBoolean("same")
          ? new Acceptance.Replayed(Columns.requestId(row))
          : new Acceptance.KeyReused(Columns.requestId(row));
    }
    var message = job.message(instant(row, "deadline_at"));
    return new Acceptance.Accepted(
        new DueJob(message, job.trace(), acceptedAt, instant(row, "publish_after")),
        row.getBoolean("dispatched"));
  }

  /**
   * Claims those of the jobs that are open, due and free, and logs for each the call that is about
   * to be made. A worker must not run a job that is not in the result.
   *
   * <p>A job that is paused for its user or model, or with all others, is set aside until that is
   * over; see {@link dev.darkroom.ledger.operate.PauseStore}.
   *
   * <p>A job with a lapsed lease can't be claimed: {@link #rescueIfLapsed} first has to log the
   * outcome of its attempt.
   *
   * @param token names this claim, also when it is repeated because its reply was lost: the jobs
   *     that a claim of the same token got are in the result again, with the same attempt, as long
   *     as their lease holds
   */
  public List<ClaimedJob> claimDue(
      String workerId, Duration lease, UUID token, Collection<RequestId> jobs) {
    return database
        .sql(
            """
            with wanted as (
              select * from unnest(:ids::uuid[]) as wanted (request_id)
              order by request_id limit cardinality(:ids::uuid[])),
            renewed as (
              insert into public.generation_workers as known (worker_id, lease_until)
              select :worker, clock_timestamp() + :lease * interval '1 millisecond'
              where not exists (select from public.generation_workers
                where worker_id = :worker and lease_until > now() + :lease / 2 * interval '1 millisecond')
              on conflict (worker_id) do update
              set lease_until = greatest(known.lease_until, excluded.lease_until)),
            locked as materialized (
              select job.*
              from wanted cross join lateral (
                select * from public.generation_queue where request_id = wanted.request_id
                for update) job),
            claimable as (
              select request_id, state <> 'claimed' as free,
                state <> 'claimed' and exists (select from public.generation_pauses pause
                  where pause.scope = 'all' or (pause.scope = 'user' and pause.name = locked.user_id)
                    or (pause.scope = 'model' and pause.name = (select call #>> '{parameters,model}'
                      from public.generation_jobs where request_id = locked.request_id))) as paused
              from locked
              where due_at <= now() and deadline_at > now()
                and (state in ('dispatched', 'in_line', 'due')
                  or (state = 'claimed' and claim_token = :token and worker_id = :worker
                    and publish_after = 'infinity'))),
            set_aside as (
              update public.generation_queue job
              set state = 'paused', turn = null, publish_after = 'infinity', enqueued_at = null
              from claimable
              where paused and job.request_id = claimable.request_id and job.request_id = any (:ids::uuid[])),
            claimed as (
              update public.generation_queue job
              set state = 'claimed', turn = null, attempt = job.attempt + claimable.free::int,
                worker_id = :worker, claim_token = :token, publish_after = 'infinity',
                enqueued_at = coalesce(job.enqueued_at, clock_timestamp())
              from claimable
              where not paused and job.request_id = claimable.request_id and job.request_id = any (:ids::uuid[])
              returning job.*, claimable.free),
            known as materialized (
              select claimed.*, job.request ->> 'prompt' as prompt, job.call, job.traceparent, job.created_at
              from claimed cross join lateral (
                select request, call, traceparent, created_at from public.generation_jobs
                where request_id = claimed.request_id limit 1) job),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, prompt, 'processing', 'calling_nebius_api',
                jsonb_build_object('attempt', attempt, 'worker', worker_id) || call,
                clock_timestamp()
              from known where free)
            select request_id, user_id, call -> 'parameters' as parameters, attempt, worker_id, claim_token, traceparent,
              (extract(epoch from deadline_at - clock_timestamp()) * 1000)::bigint as time_left,
              free and attempt = 1 as first, (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as age
            from known
            """)
        .param("worker", workerId)
        .param("token", token)
        .param("lease", lease.toMillis())
        .param("ids", texts(jobs.stream()))
        .query((row, _) -> claimed(row))
        .list();
  }

  private ClaimedJob claimed(ResultSet row) throws SQLException {
    if (row.getBoolean("first")) {
      metrics.claimed(Duration.ofMillis(row.getLong("age")));
    }
    return new ClaimedJob(
        Attempt.of(row),
        row.getString("user_id"),
        requireNonNull(json.details(row.getString("parameters"))),
        Columns.trace(row),
        Duration.ofMillis(row.getLong("time_left")));
  }

  /**
   * Logs the attempt's outcome and makes the job due again after a delay; or ends it, where it is
   * to be cancelled, or {@code darkroom.job.max-attempts} or {@code
   * darkroom.nebius.on-unknown-outcome} say so.
   */
  public Rescheduled rescheduleIfHeld(Attempt attempt, RetryableFailure failure) {
    return reschedule(attempt, failure, false);
  }

  /**
   * Takes the job from a worker whose lease has lapsed, logs {@code attempt_outcome_unknown}, and
   * makes the job due at once, or ends it as {@link #rescheduleIfHeld} does.
   */
  public Rescheduled rescueIfLapsed(Attempt attempt) {
    return reschedule(attempt, LEASE_LAPSED, true);
  }

  private Rescheduled reschedule(Attempt attempt, RetryableFailure failure, boolean onlyIfLapsed) {
    var ends = attempts.endsWith(failure);
    return database
        .sql(
            """
            with silent as (
              select from public.generation_workers
              where worker_id = :worker and lease_until < now()
              for update),
            locked as materialized (
              select * from public.generation_queue where request_id = :id for update),
            held as (
              select request_id, :delay * interval '1 millisecond' as delay, cancel_requested_at is not null as cancelled,
                cancel_requested_at is not null or :ends or (:counts and failures + 1 >= :maxAttempts) or attempt >= :most as exhausted,
                case when attempt >= :spreadFrom and not :counts
                  then (deadline_at - clock_timestamp()) / (:most + 1 - least(attempt, :most)) end as share
              from locked
              where state = 'claimed' and attempt = :attempt and claim_token = :claim
                and (not :onlyIfLapsed or publish_after <= now() or exists (select from silent)
                  or not exists (select from public.generation_workers where worker_id = :worker))),
            released as (
              update public.generation_queue job
              set state = case when exhausted then 'ended' else 'due' end,
                calls = calls + (:billing <> 'not_called')::int,
                calls_billed = calls_billed + (:billing = 'yes')::int,
                calls_unknown = calls_unknown + (:billing = 'unknown')::int,
                failures = job.failures + case when :counts then 1 else 0 end, enqueued_at = null,
                due_at = clock_timestamp() + greatest(delay, share),
                publish_after = clock_timestamp() + case when exhausted
                  then :reservation * interval '1 millisecond' else greatest(delay, share) end,
                error_code = case when cancelled then 'cancelled' else :code end,
                error_message = case when cancelled then :cancelled::text
                  when exhausted then format('Gave up after attempt %s: %s', job.attempt, :reason::text)
                  else :reason end
              from held where job.request_id = held.request_id and job.request_id = :id
              returning job.*, exhausted, cancelled),
            failed as (
              update public.generation_jobs job
              set status = 'failed', attempts = released.attempt, finished_at = clock_timestamp(),
                calls = released.calls, calls_billed = released.calls_billed, calls_unknown = released.calls_unknown,
                error_code = released.error_code, error_message = released.error_message
              from released where job.request_id = released.request_id and exhausted
              returning job.finished_at),
            known as materialized (
              select released.*, job.request ->> 'prompt' as prompt, job.created_at, job.traceparent
              from released cross join lateral (
                select * from public.generation_jobs where request_id = released.request_id limit 1) job),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, prompt, 'processing', :outcome,
                jsonb_build_object('attempt', attempt, 'worker', worker_id,
                  'code', :code::text, 'reason', :reason::text, 'counts', :counts)
                  || jsonb_strip_nulls(jsonb_build_object('callMillis', :call::bigint,
                    'called', case :billing when 'not_called' then false end,
                    'billed', nullif(:billing, 'not_called'))),
                clock_timestamp()
              from known
              union all
              select request_id, owner, user_id, prompt, case when exhausted then 'failed' else 'processing' end,
                case when cancelled then 'cancelled' when exhausted then 'attempts_exhausted' else 'retry_scheduled' end,
                case when exhausted
                  then jsonb_build_object('attempt', attempt, 'code', error_code, 'reason', error_message)
                  else jsonb_build_object('attempt', attempt, 'dueAt', due_at) end,
                clock_timestamp()
              from known)
            select request_id, user_id, case when exhausted then 'failed' else 'started' end as status,
              attempt as attempts, null as image_url, null as image_sha256, null as image_content_type,
              null::bigint as image_bytes, error_code, error_message, finished_at, created_at, due_at, traceparent
            from known left join failed on true
            """)
        .param("ends", ends)
        .param("counts", failure.counts() || ends)
        .param("maxAttempts", attempts.maxAttempts())
        .param("most", Math.max(AttemptPolicy.MOST, attempts.maxAttempts()))
        .param("spreadFrom", AttemptPolicy.SPREAD_FROM)
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("claim", attempt.claim())
        .param("onlyIfLapsed", onlyIfLapsed)
        .param("delay", failure.delay().toMillis())
        .param("reservation", publishReservation.toMillis())
        .param("code", failure.code())
        .param("reason", failure.reason())
        .param("outcome", failure.outcome().word())
        .param("call", failure.call() == null ? null : failure.call().toMillis())
        .param("billing", failure.billing().word())
        .param("cancelled", OutcomeStore.CANCELLED)
        .query((row, _) -> rescheduled(row))
        .optional()
        .orElseGet(() -> new Rescheduled.NotHeld(attempt.requestId()));
  }

  private Rescheduled rescheduled(ResultSet row) throws SQLException {
    return Columns.status(row) == JobStatus.FAILED
        ? new Rescheduled.Exhausted(metrics.ended(FinishedJob.of(row)))
        : new Rescheduled.DueAgain(Columns.requestId(row), instant(row, "due_at"));
  }
}
