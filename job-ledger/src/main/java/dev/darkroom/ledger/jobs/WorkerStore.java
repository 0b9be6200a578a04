package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.texts;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The leases of workers. A worker holds what it has claimed as long as it renews its lease. */
public final class WorkerStore {
  private final JdbcClient database;

  public WorkerStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * Renews the worker's lease, and with it all its claims.
   *
   * @return the attempts that it holds. A job of any other has ended, or was given to another
   *     attempt; one that it does not know was claimed with an answer that got lost
   */
  public List<Attempt> heartbeat(String workerId, Duration lease) {
    return database
        .sql(
            """
            with renewed as (
              insert into public.generation_workers (worker_id, lease_until)
              values (:worker, clock_timestamp() + :lease * interval '1 millisecond')
              on conflict (worker_id) do update set lease_until = excluded.lease_until)
            select request_id, attempt, worker_id, claim_token from public.generation_queue
            where state = 'claimed' and worker_id = :worker and publish_after = 'infinity'
            """)
        .param("worker", workerId)
        .param("lease", lease.toMillis())
        .query((row, _) -> Attempt.of(row))
        .list();
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
