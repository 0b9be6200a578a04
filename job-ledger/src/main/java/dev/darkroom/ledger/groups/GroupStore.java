package dev.darkroom.ledger.groups;

import static java.util.Objects.requireNonNull;

import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.GroupEvent;
import dev.darkroom.model.GroupEvent.GroupedJob;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The transitions of a group: accepted as a whole, ended, published. Its jobs know nothing of it:
 * whether all have ended is asked of them, and once they have, that stays so.
 */
public final class GroupStore {
  private final JdbcClient database;
  private final TransactionOperations transactions;
  private final JobStore jobs;
  private final LedgerJson json;
  private final Duration publishReservation;

  /**
   * @param transactions of the same pool as the database's and the jobs' statements
   */
  public GroupStore(
      JdbcClient database,
      TransactionOperations transactions,
      JobStore jobs,
      LedgerJson json,
      Duration publishReservation) {
    this.database = database;
    this.transactions = transactions;
    this.jobs = jobs;
    this.json = json;
    this.publishReservation = publishReservation;
  }

  /**
   * Accepts the jobs of a group in one commit, see {@link JobStore#accept(List, int)}, or none of
   * them. Limits count them one by one; where one does not fit, or the key of the first stands for
   * another job, all is rolled back, with what was counted for the day.
   *
   * @param group its first job has its id, and the key, if there is one
   * @return the acceptance of each job; otherwise the only element says why there is none
   */
  public List<Acceptance> accept(List<NewJob> group, int dispatched) {
    return requireNonNull(
        transactions.execute(transaction -> {
          var acceptances = jobs.accept(group, dispatched);
          for (var acceptance : acceptances) {
            if (!(acceptance instanceof Acceptance.Accepted)) {
              transaction.setRollbackOnly();
              return List.of(acceptance);
            }
          }
          database
              .sql("insert into public.generation_groups (group_id, size) values (:id, :size)")
              .param("id", group.getFirst().id().value())
              .param("size", group.size())
              .update();
          return acceptances;
        }));
  }

  /**
   * Ends open groups whose jobs have all ended, each once: a group that another gateway is about to
   * end is left to it. Their events are due then. Groups are looked up one by one, whatever the
   * planner believes.
   *
   * @param limit groups at most
   * @return how many there were
   */
  public int endFinished(int limit) {
    return database
        .sql(
            """
            with finished as materialized (
              select group_id from public.generation_groups as open_group
              where ended_at is null
                and (select true from public.generation_jobs
                  where group_id = open_group.group_id and status = 'started' limit 1) is null
              limit :limit
              for update skip locked)
            update public.generation_groups as ended
            set publish_after = clock_timestamp(),
              ended_at = coalesce((select max(finished_at) from public.generation_jobs
                where group_id = ended.group_id), clock_timestamp())
            from finished where ended.group_id = finished.group_id
            """)
        .param("limit", limit)
        .update();
  }

  /**
   * Reserves ended groups whose event nobody has published within their reservation. Of a group
   * whose jobs were all deleted nobody is told.
   *
   * @param limit groups at most; the longest due first
   */
  public List<FinishedGroup> reserveUnpublished(int limit) {
    return database
        .sql(
            """
            with due as materialized (
              select group_id from public.generation_groups
              where publish_after <= now()
              order by publish_after limit :limit
              for update skip locked),
            told as materialized (
              select due.group_id, job.*
              from due cross join lateral (
                select count(*) as known, min(owner) as owner, min(user_id) as user_id,
                  (array_agg(webhook) filter (where webhook is not null))[1] as webhook,
                  (array_agg(traceparent) filter (where traceparent is not null))[1] as traceparent,
                  jsonb_agg(jsonb_strip_nulls(jsonb_build_object('requestId', request_id, 'status', status,
                      'imageUrl', image_url, 'errorCode', error_code))
                    order by (request ->> 'seed')::numeric, request_id) as jobs
                from public.generation_jobs where group_id = due.group_id) as job),
            reserved as (
              update public.generation_groups as known
              set publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
              from told where known.group_id = told.group_id and told.known > 0
              returning known.group_id, known.ended_at),
            deleted as (
              delete from public.generation_groups as known
              using told where known.group_id = told.group_id and told.known = 0)
            select group_id, ended_at, owner, user_id, webhook, traceparent, jobs
            from reserved join told using (group_id)
            """)
        .param("limit", limit)
        .param("reservation", publishReservation.toMillis())
        .query((row, _) -> finished(row))
        .list();
  }

  private FinishedGroup finished(ResultSet row) throws SQLException {
    var webhook = row.getString("webhook");
    return new FinishedGroup(
        GroupEvent.of(
            new RequestId(row.getObject("group_id", UUID.class)),
            row.getString("user_id"),
            List.of(json.read(row.getString("jobs"), GroupedJob[].class)),
            Columns.instant(row, "ended_at")),
        row.getString("owner"),
        webhook == null ? null : json.read(webhook, JobWebhook.class),
        Columns.trace(row));
  }

  /** Kafka has the events of these groups. */
  public int markPublished(Collection<RequestId> groups) {
    return database
        .sql(
            """
            update public.generation_groups set publish_after = null
            where group_id = any (:ids::uuid[]) and publish_after is not null
            """)
        .param("ids", Columns.texts(groups.stream()))
        .update();
  }

  /**
   * Deletes groups that ended so long ago and whose jobs are gone.
   *
   * @param limit groups at most; the longest ended first
   */
  public int deleteWithoutJobs(Duration age, int limit) {
    return database
        .sql(
            """
            delete from public.generation_groups where group_id = any (array(
              select group_id from public.generation_groups as old
              where ended_at < now() - :age * interval '1 millisecond'
                and (select true from public.generation_jobs where group_id = old.group_id limit 1) is null
              order by ended_at limit :limit))
            """)
        .param("age", age.toMillis())
        .param("limit", limit)
        .update();
  }
}
