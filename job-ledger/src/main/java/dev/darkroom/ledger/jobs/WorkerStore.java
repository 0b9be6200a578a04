package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.texts;

import dev.darkroom.ledger.row.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The leases of workers, and what the ledger tells them. A worker holds what it has claimed as long
 * as it renews its lease.
 */
public final class WorkerStore {
  private final JdbcClient database;

  public WorkerStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * What a worker says of itself.
   *
   * @param version of its build
   * @param slots jobs that it runs at once
   */
  public record WorkerDescription(String version, int slots) {}

  /**
   * What a worker has to heed.
   *
   * @param paused why nobody may make calls, as an operator said; null if they may
   * @param cancelled its attempts whose jobs are to be cancelled
   */
  public record WorkerOrders(@Nullable String paused, List<Attempt> cancelled) {
    public static final WorkerOrders NONE = new WorkerOrders(null, List.of());
  }

  /**
   * A worker whose lease has not lapsed.
   *
   * @param jobs that it holds
   * @param pauseReason why it takes no jobs; null if it does
   * @param pausedSince null if it takes jobs
   */
  public record LiveWorker(
      String workerId,
      String version,
      int slots,
      int jobs,
      Instant startedAt,
      Instant leaseUntil,
      @Nullable String pauseReason,
      @Nullable Instant pausedSince) {}

  /**
   * Renews the worker's lease, and with it all its claims.
   *
   * @return the attempts that it holds. A job of any other has ended, or was given to another
   *     attempt; one that it does not know was claimed with an answer that got lost
   */
  public List<Attempt> heartbeat(String workerId, Duration lease, WorkerDescription description) {
    return database
        .sql(
            """
            with renewed as (
              insert into public.generation_workers (worker_id, lease_until, version, slots)
              values (:worker, clock_timestamp() + :lease * interval '1 millisecond', :version, :slots)
              on conflict (worker_id) do update
              set lease_until = excluded.lease_until, version = excluded.version, slots = excluded.slots)
            select request_id, attempt, worker_id, claim_token from public.generation_queue
            where state = 'claimed' and worker_id = :worker and publish_after = 'infinity'
            """)
        .param("worker", workerId)
        .param("lease", lease.toMillis())
        .param("version", description.version())
        .param("slots", description.slots())
        .query((row, _) -> Attempt.of(row))
        .list();
  }

  /**
   * Says whether the worker takes jobs, and asks what it has to heed. Nothing is written while that
   * is as it was.
   *
   * @param pauseReason why it takes no jobs; null if it does
   */
  public WorkerOrders orders(String workerId, @Nullable String pauseReason) {
    var cancelled = new ArrayList<Attempt>();
    var paused =
        database
            .sql(
                """
                with said as (
                  update public.generation_workers
                  set pause_reason = :reason,
                    paused_since = case when :reason::text is not null then clock_timestamp() end
                  where worker_id = :worker and pause_reason is distinct from :reason)
                select (select reason from public.generation_pauses where scope = 'all') as paused,
                  request_id, attempt, worker_id, claim_token
                from (values (true)) as always (so) left join public.generation_queue
                  on state = 'claimed' and worker_id = :worker and cancel_requested_at is not null
                """)
            .param("worker", workerId)
            .param("reason", pauseReason)
            .query((row, _) -> {
              if (row.getString("request_id") != null) {
                cancelled.add(Attempt.of(row));
              }
              return Optional.ofNullable(row.getString("paused"));
            })
            .list()
            .getFirst();
    return new WorkerOrders(paused.orElse(null), List.copyOf(cancelled));
  }

  /** Workers whose lease has not lapsed, the longest started first; 1,000 at most. */
  public List<LiveWorker> live() {
    return database
        .sql(
            """
            select worker_id, version, slots, started_at, lease_until, pause_reason, paused_since,
              (select count(*) from public.generation_queue
                where state = 'claimed' and worker_id = worker.worker_id) as jobs
            from public.generation_workers worker
            where lease_until > now()
            order by started_at, worker_id limit 1000
            """)
        .query((row, _) ->
            new LiveWorker(
                row.getString("worker_id"),
                row.getString("version"),
                row.getInt("slots"),
                row.getInt("jobs"),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "lease_until"),
                row.getString("pause_reason"),
                Columns.instantOrNull(row, "paused_since")))
        .list();
  }

  /** Forgets a worker that stops and holds nothing. */
  public void leave(String workerId) {
    database
        .sql(
            """
            delete from public.generation_workers worker
            where worker_id = :worker and not exists (
              select from public.generation_queue where state = 'claimed' and worker_id = :worker)
            """)
        .param("worker", workerId)
        .update();
  }

  /** Deletes the leases of workers that have been silent for a day and hold nothing. */
  public void forgetSilentWorkers() {
    database
        .sql(
            """
            delete from public.generation_workers worker
            where lease_until < now() - interval '1 day' and not exists (
              select from public.generation_queue
              where state = 'claimed' and worker_id = worker.worker_id)
            """)
        .update();
  }

  /**
   * Ends the worker's hold on these attempts, of which it does not know what became. The rescue
   * looks for their pictures and decides, as if the worker had gone.
   *
   * @return how many it held
   */
  public int abandon(Collection<Attempt> attempts) {
    return database
        .sql(
            """
            with abandoned as (
              select * from unnest(:ids::uuid[], :claims::uuid[]) as abandoned (request_id, claim_token)
              order by request_id limit cardinality(:ids::uuid[])),
            locked as materialized (
              select abandoned.claim_token as claim, job.*
              from abandoned cross join lateral (
                select * from public.generation_queue where request_id = abandoned.request_id
                for update) job)
            update public.generation_queue job set publish_after = clock_timestamp()
            from locked
            where job.request_id = locked.request_id and job.request_id = any (:ids::uuid[])
              and locked.state = 'claimed' and locked.claim_token = locked.claim
            """)
        .param("ids", texts(attempts.stream().map(Attempt::requestId)))
        .param("claims", texts(attempts.stream().map(Attempt::claim)))
        .update();
  }
}
