package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.instant;
import static dev.darkroom.ledger.row.Columns.texts;
import static java.util.Objects.requireNonNull;

import dev.darkroom.ledger.jobs.NewJob.Acceptance;
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
import java.util.Objects;
import java.util.UUID;
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
  private final JobIntake intake;
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
    this.intake = new JobIntake(database, json, publishReservation, keepKeys);
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
    return intake.accept(jobs, dispatched);
  }

  /** Claims the jobs for calls to the only provider; see the other method. */
  public List<ClaimedJob> claimDue(
      String workerId, Duration lease, UUID token, Collection<RequestId> jobs) {
    return claimDue(workerId, lease, token, ClaimPlan.ofNebius(jobs));
  }

  /**
   * Claims those of the jobs that are open, due and free, and logs for each the call that is about
   * to be made. A worker must not run a job that is not in the result.
   *
   * <p>A job that is paused for its user or model, or with all others, is set aside until that is
   * over; see {@link dev.darkroom.ledger.operate.PauseStore}.
   *
   * <p>Jobs that were dispatched or have a turn are due, also where the database's clock has been
   * put back since.
   *
   * <p>A job with a lapsed lease can't be claimed: {@link #rescueIfLapsed} first has to log the
   * outcome of its attempt.
   *
   * @param token names this claim, also when it is repeated because its reply was lost: the jobs
   *     that a claim of the same token got are in the result again, with the same attempt and
   *     provider, as long as their lease holds
   */
  public List<ClaimedJob> claimDue(String workerId, Duration lease, UUID token, ClaimPlan plan) {
    return database
        .sql(
            """
            with wanted as (
              select * from unnest(:ids::uuid[], :providers::text[]) as wanted (request_id, chosen)
              order by request_id limit cardinality(:ids::uuid[])),
            renewed as (
              insert into public.generation_workers as known (worker_id, lease_until)
              select :worker, clock_timestamp() + :lease * interval '1 millisecond'
              where not exists (select from public.generation_workers
                where worker_id = :worker and lease_until > now() + :lease / 2 * interval '1 millisecond')
              on conflict (worker_id) do update
              set lease_until = greatest(known.lease_until, excluded.lease_until)),
            locked as materialized (
              select chosen, job.*
              from wanted cross join lateral (
                select * from public.generation_queue where request_id = wanted.request_id
                for update) job),
            claimable as (
              select request_id, chosen, state <> 'claimed' as free,
                state <> 'claimed' and exists (select from public.generation_pauses pause
                  where pause.scope = 'all' or (pause.scope = 'user' and pause.name = locked.user_id)
                    or (pause.scope = 'model' and pause.name = (select call #>> '{parameters,model}'
                      from public.generation_jobs where request_id = locked.request_id))) as paused
              from locked
              where deadline_at > now()
                and (state in ('dispatched', 'in_line') or (state = 'due' and due_at <= now())
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
                provider = case when claimable.free then chosen else job.provider end,
                enqueued_at = coalesce(job.enqueued_at, clock_timestamp())
              from claimable
              where not paused and job.request_id = claimable.request_id and job.request_id = any (:ids::uuid[])
              returning job.*, claimable.free),
            known as materialized (
              select claimed.*, job.request ->> 'prompt' as prompt, model, job.traceparent, job.created_at,
                case when own_name is null then job.call
                  else jsonb_set(job.call, '{parameters,model}', to_jsonb(own_name)) end as call
              from claimed cross join lateral (
                select request, call, call #>> '{parameters,model}' as model, traceparent, created_at
                from public.generation_jobs where request_id = claimed.request_id limit 1) job
              cross join lateral (select :names::jsonb #>> array[provider, model] as own_name) as at_provider),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, prompt, 'processing', 'calling_nebius_api',
                jsonb_build_object('attempt', attempt, 'worker', worker_id, 'provider', provider) || call,
                clock_timestamp()
              from known where free)
            select request_id, user_id, provider, model, call -> 'parameters' as parameters, attempt, worker_id, claim_token, traceparent,
              (extract(epoch from deadline_at - clock_timestamp()) * 1000)::bigint as time_left,
              free and attempt = 1 as first, (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as age
            from known
            """)
        .param("worker", workerId)
        .param("token", token)
        .param("lease", lease.toMillis())
        .param("ids", texts(plan.providers().keySet().stream()))
        .param("providers", plan.providers().values().toArray(String[]::new))
        .param("names", json.write(plan.modelNames()))
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
        row.getString("provider"),
        Objects.requireNonNullElse(row.getString("model"), ""),
        requireNonNull(json.details(row.getString("parameters"))),
        Columns.trace(row),
        Duration.ofMillis(row.getLong("time_left")));
  }

  /**
   * Makes those of the jobs that are due and free due again after a while, without an attempt: none
   * of their providers takes calls now.
   */
  public void putOff(Collection<RequestId> jobs, Duration delay) {
    database
        .sql(
            """
            with free as (
              select request_id from public.generation_queue
              where request_id = any (:ids::uuid[])
                and (state in ('dispatched', 'in_line') or (state = 'due' and due_at <= now()))
              order by request_id
              for update)
            update public.generation_queue job
            set state = 'due', turn = null, enqueued_at = null,
              due_at = now() + :delay * interval '1 millisecond',
              publish_after = now() + :delay * interval '1 millisecond'
            from free where job.request_id = free.request_id and job.request_id = any (:ids::uuid[])
            """)
        .param("ids", texts(jobs.stream()))
        .param("delay", delay.toMillis())
        .update();
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
                cancel_requested_at is not null or :ends or (:counts and (failures + 1 >= :maxAttempts or attempt >= :most)) as exhausted,
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
                  || jsonb_strip_nulls(jsonb_build_object('provider', provider, 'callMillis', :call::bigint,
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
