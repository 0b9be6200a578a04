package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.instant;
import static dev.darkroom.ledger.row.Columns.texts;

import dev.darkroom.ledger.jobs.ClaimedJob.CallIntent;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
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
 * The transitions of an open job: accept, claim, heartbeat, reschedule and rescue. They decide who
 * may work on it; {@link OutcomeStore} ends it. Each is one guarded statement that also writes its
 * step into the log.
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
   * for a job: of an earlier call, of a concurrent one, or earlier in this list. When this returns,
   * the accepted jobs are durable. The caller has {@code darkroom.ledger.publish-reservation} to
   * publish the first ones before a sweep does. The others get a turn in the fair queue; two
   * concurrent statements may give the same turn to two jobs of one user.
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
              select * from unnest(:ids::uuid[], :users::text[], :requests::jsonb[], :deadlines::bigint[],
                  :traces::text[], :keys::text[], :fingerprints::text[])
                with ordinality
                as new_job (request_id, user_id, request, deadline, traceparent, key, fingerprint, position)),
            held as (
              insert into public.generation_idempotency_keys as known (key, fingerprint, request_id)
              select distinct on (key) key, fingerprint, request_id from new_job where key is not null
              order by key, position
              on conflict (key) do update
              set fingerprint = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.fingerprint else known.fingerprint end,
                request_id = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.request_id else known.request_id end,
                created_at = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.created_at else known.created_at end
              returning key, fingerprint, request_id),
            line as (
              select user_id, (select max(turn) from public.generation_jobs job
                where job.user_id = asking.user_id
                  and turn is not null and lease_until is null and finished_at is null) as last
              from (select distinct user_id from new_job where position > :letGo) as asking),
            accepted as (
              insert into public.generation_jobs
                (request_id, user_id, request, deadline_at, publish_after, traceparent, let_go, turn)
              select request_id, user_id, request, now() + deadline * interval '1 millisecond',
                case when position <= :letGo
                  then now() + :reservation * interval '1 millisecond' else 'infinity' end,
                traceparent, position <= :letGo,
                case when position > :letGo
                  then greatest(0, (select now_serving from public.generation_turns), last + 1) - 1
                    + row_number() over (partition by user_id, position > :letGo order by position) end
              from new_job left join line using (user_id)
              where key is null or request_id in (select request_id from held)
              returning *),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select deadline_at, publish_after, created_at, let_go, held.request_id,
              held.fingerprint = new_job.fingerprint as same
            from new_job left join accepted using (request_id) left join held using (key)
            order by position
            """)
        .param("reservation", publishReservation.toMillis())
        .param("letGo", dispatched)
        .param("keep", keepKeys.toMillis())
        .param("ids", texts(jobs.stream().map(NewJob::id)))
        .param("users", texts(jobs.stream().map(NewJob::userId)))
        .param("requests", texts(jobs.stream().map(job -> json.write(job.request()))))
        .param("deadlines", texts(jobs.stream().map(job -> job.deadline().toMillis())))
        .param("traces", texts(jobs.stream().map(job -> job.trace().value())))
        .param("keys", ofKeys(jobs, IdempotencyKey::value))
        .param("fingerprints", ofKeys(jobs, IdempotencyKey::fingerprint))
        .query((row, number) -> acceptance(row, jobs.get(number)))
        .list();
  }

  private static @Nullable String[] ofKeys(
      List<NewJob> jobs, Function<IdempotencyKey, String> part) {
    return jobs.stream()
        .map(NewJob::key)
        .map(key -> key == null ? null : part.apply(key))
        .toArray(String[]::new);
  }

  private static Acceptance acceptance(ResultSet row, NewJob job) throws SQLException {
    var acceptedAt = Columns.instantOrNull(row, "created_at");
    if (acceptedAt == null) {
      return row.getBoolean("same")
          ? new Acceptance.Replayed(Columns.requestId(row))
          : new Acceptance.KeyReused(Columns.requestId(row));
    }
    var message =
        new JobMessage(job.id(), job.userId(), job.request(), instant(row, "deadline_at"));
    return new Acceptance.Accepted(
        new DueJob(message, job.trace(), acceptedAt, instant(row, "publish_after")),
        row.getBoolean("let_go"));
  }

  /**
   * Claims those of the jobs that are open, due and free, and logs for each the call that is about
   * to be made. A worker must not run a job that is not in the result.
   *
   * <p>A job with a lapsed lease can't be claimed: {@link #rescueIfLapsed} first has to log the
   * outcome of its attempt.
   *
   * @param token names this claim, also when it is repeated because its reply was lost: the jobs
   *     that a claim of the same token got are in the result again, with the same attempt, as long
   *     as their lease holds
   */
  public List<ClaimedJob> claimDue(
      String workerId, Duration lease, UUID token, List<CallIntent> intents) {
    return database
        .sql(
            """
            with intent as (
              select * from unnest(:ids::uuid[], :details::jsonb[]) as intent (request_id, details)
              order by request_id limit cardinality(:ids::uuid[])),
            claimable as (
              select intent.*, free
              from intent cross join lateral (
                select lease_until is null as free from public.generation_jobs
                where request_id = intent.request_id
                  and finished_at is null and due_at <= now() and deadline_at > now()
                  and (lease_until is null
                    or (claim_token = :token and worker_id = :worker and lease_until > now()))
                for update) job),
            claimed as (
              update public.generation_jobs job
              set status = 'processing', attempt = job.attempt + claimable.free::int, worker_id = :worker,
                claim_token = :token,
                lease_until = clock_timestamp() + :lease * interval '1 millisecond',
                enqueued_at = coalesce(job.enqueued_at, clock_timestamp())
              from claimable where job.request_id = claimable.request_id
              returning job.*, claimable.details, claimable.free),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'processing', 'calling_nebius_api',
                jsonb_build_object('attempt', attempt, 'worker', worker_id) || details,
                clock_timestamp()
              from claimed where free)
            select request_id, user_id, request, deadline_at, attempt, worker_id, traceparent,
              (extract(epoch from deadline_at - clock_timestamp()) * 1000)::bigint as time_left,
              free and attempt = 1 as first, (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as age
            from claimed
            """)
        .param("worker", workerId)
        .param("token", token)
        .param("lease", lease.toMillis())
        .param("ids", texts(intents.stream().map(CallIntent::requestId)))
        .param("details", texts(intents.stream().map(intent -> json.write(intent.details()))))
        .query((row, _) -> claimed(row))
        .list();
  }

  private ClaimedJob claimed(ResultSet row) throws SQLException {
    if (row.getBoolean("first")) {
      metrics.claimed(Duration.ofMillis(row.getLong("age")));
    }
    return new ClaimedJob(
        Attempt.of(row),
        DueJob.message(row, json),
        Columns.trace(row),
        Duration.ofMillis(row.getLong("time_left")));
  }

  /**
   * Renews the leases of the attempts that a worker runs, in one statement. Any other lease of this
   * worker lapses, so that its job is rescued.
   *
   * @return the attempts that the worker still holds; the job of any other has ended or belongs to
   *     another attempt
   */
  public List<Attempt> heartbeatOfHeld(
      String workerId, Duration lease, Collection<Attempt> inHand) {
    return database
        .sql(
            """
            with in_hand as (
              select * from unnest(:ids::uuid[], :attempts::int[]) as in_hand (request_id, attempt)
              order by request_id limit cardinality(:ids::uuid[])),
            held as (
              select in_hand.request_id
              from in_hand cross join lateral (
                select from public.generation_jobs
                where request_id = in_hand.request_id and attempt = in_hand.attempt
                  and worker_id = :worker and num_nonnulls(lease_until) = 1
                for update) job)
            update public.generation_jobs job
            set lease_until = clock_timestamp() + :lease * interval '1 millisecond'
            from held where job.request_id = held.request_id
            returning job.request_id, job.attempt, job.worker_id
            """)
        .param("worker", workerId)
        .param("lease", lease.toMillis())
        .param("ids", texts(inHand.stream().map(Attempt::requestId)))
        .param("attempts", texts(inHand.stream().map(Attempt::number)))
        .query((row, _) -> Attempt.of(row))
        .list();
  }

  /**
   * Renews the leases of jobs that a worker claimed without getting the reply, so that they don't
   * lapse before it repeats the claim.
   *
   * @param tokens of these claims
   * @param begun attempts that it knows of: {@link #heartbeatOfHeld} renews their leases
   * @return attempts that it holds under these tokens, 500 at most, the lease that would lapse
   *     first in front
   */
  public List<Attempt> heartbeatOfUnanswered(
      String workerId, Duration lease, Collection<UUID> tokens, Collection<Attempt> begun) {
    return database
        .sql(
            """
            with unanswered as (
              select request_id from public.generation_jobs
              where lease_until > '-infinity' and worker_id = :worker
                and claim_token = any(:tokens::uuid[])
                and (request_id, attempt) not in (
                  select * from unnest(:ids::uuid[], :attempts::int[]))
              order by lease_until limit 500
              for update)
            update public.generation_jobs job
            set lease_until = clock_timestamp() + :lease * interval '1 millisecond'
            from unanswered where job.request_id = unanswered.request_id
            returning job.request_id, job.attempt, job.worker_id
            """)
        .param("worker", workerId)
        .param("lease", lease.toMillis())
        .param("tokens", texts(tokens.stream()))
        .param("ids", texts(begun.stream().map(Attempt::requestId)))
        .param("attempts", texts(begun.stream().map(Attempt::number)))
        .query((row, _) -> Attempt.of(row))
        .list();
  }

  /**
   * Logs the attempt's outcome and makes the job due again after a delay; or ends it, where {@code
   * darkroom.job.max-attempts} or {@code darkroom.nebius.on-unknown-outcome} say so.
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
            with held as (
              select request_id, :ends or (:counts and failures + 1 >= :maxAttempts) as exhausted
              from public.generation_jobs
              where request_id = :id and attempt = :attempt and worker_id = :worker and num_nonnulls(lease_until) = 1
                and (lease_until < now() or not :onlyIfLapsed)
              for update),
            released as (
              update public.generation_jobs job
              set failures = job.failures + case when :counts then 1 else 0 end,
                lease_until = null, enqueued_at = null, let_go = false, turn = null,
                status = case when exhausted then 'failed' else 'processing' end,
                finished_at = case when exhausted then clock_timestamp() end,
                due_at = clock_timestamp() + :delay * interval '1 millisecond',
                publish_after = clock_timestamp()
                  + case when exhausted then :reservation else :delay end * interval '1 millisecond',
                error_code = :code,
                error_message = case when exhausted
                  then format('Gave up after attempt %s: %s', job.attempt, :reason::text)
                  else :reason end
              from held where job.request_id = held.request_id
              returning job.*),
            logged as (
              insert into public.generation_logs
                (request_id, user_id, prompt, status, step, details, created_at)
              select request_id, user_id, request ->> 'prompt', 'processing', :outcome,
                jsonb_build_object('attempt', attempt, 'worker', worker_id,
                  'code', :code::text, 'reason', :reason::text, 'counts', :counts)
                  || jsonb_strip_nulls(jsonb_build_object('callMillis', :call::bigint, 'called', :called::boolean)),
                clock_timestamp()
              from released
              union all
              select request_id, user_id, request ->> 'prompt', status,
                case status when 'failed' then 'attempts_exhausted' else 'retry_scheduled' end,
                case status
                  when 'failed' then jsonb_build_object('attempt', attempt, 'code', error_code, 'reason', error_message)
                  else jsonb_build_object('attempt', attempt, 'dueAt', due_at) end,
                clock_timestamp()
              from released)
            select request_id, user_id, status, attempt, image_url, image_sha256, image_content_type, image_bytes,
              error_code, error_message, finished_at, created_at, due_at, traceparent
            from released
            """)
        .param("ends", ends)
        .param("counts", failure.counts() || ends)
        .param("maxAttempts", attempts.maxAttempts())
        .param("id", attempt.requestId().value())
        .param("attempt", attempt.number())
        .param("worker", attempt.workerId())
        .param("onlyIfLapsed", onlyIfLapsed)
        .param("delay", failure.delay().toMillis())
        .param("reservation", publishReservation.toMillis())
        .param("code", failure.code())
        .param("reason", failure.reason())
        .param("outcome", failure.outcome().word())
        .param("call", failure.call() == null ? null : failure.call().toMillis())
        .param("called", failure.called() ? null : false)
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
