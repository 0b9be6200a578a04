package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The transitions "claim" and "heartbeat": which worker holds which job, and until when. */
public final class ClaimJobs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final JobMeters meters;

  ClaimJobs(JdbcClient database, LedgerJson json, JobMeters meters) {
    this.database = database;
    this.json = json;
    this.meters = meters;
  }

  /**
   * Takes those of the jobs that are open, due and held by nobody, and logs for each the call that
   * is about to be made. A job that is not in the answer must not be worked on.
   *
   * <p>A lapsed lease is not up for claiming: {@link RescueJobs} first has to log what became of
   * its attempt.
   *
   * @param token names this claim, whether it is made for the first time or again because the
   *     answer was lost: what a claim of the same token got is in the answer again, with the same
   *     attempt, as long as its lease holds
   */
  public List<ClaimedJob> claimDue(
      String workerId, Duration lease, UUID token, List<Intent> intents) {
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
        .param("ids", Columns.texts(intents.stream().map(Intent::requestId)))
        .param(
            "details", Columns.texts(intents.stream().map(intent -> json.write(intent.details()))))
        .query((row, _) -> claimed(row))
        .list();
  }

  private ClaimedJob claimed(ResultSet row) throws SQLException {
    if (row.getBoolean("first")) {
      meters.begun(Duration.ofMillis(row.getLong("age")));
    }
    return new ClaimedJob(
        JobColumns.attempt(row),
        JobColumns.message(row, json),
        Columns.trace(row),
        Duration.ofMillis(row.getLong("time_left")));
  }

  /**
   * Renews the leases of the attempts that a worker has in hand, in one statement. What is not in
   * hand any more is left to lapse, so that it is rescued.
   *
   * @return those that are still its own; the job of any other has ended or was given to somebody
   *     else
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
        .param("ids", Columns.texts(inHand.stream().map(Attempt::requestId)))
        .param("attempts", Columns.texts(inHand.stream().map(Attempt::number)))
        .query((row, _) -> JobColumns.attempt(row))
        .list();
  }

  /**
   * Renews the leases of what a worker got by claims whose answers it may never have heard, so that
   * they don't lapse before it hears of them.
   *
   * @param tokens of these claims
   * @param begun attempts that it has heard of: their leases are its own affair
   * @return what it holds under them, the lease that would lapse first in front, and not all of it
   *     if it is very much
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
        .param("tokens", Columns.texts(tokens.stream()))
        .param("ids", Columns.texts(begun.stream().map(Attempt::requestId)))
        .param("attempts", Columns.texts(begun.stream().map(Attempt::number)))
        .query((row, _) -> JobColumns.attempt(row))
        .list();
  }
}
