package dev.darkroom.ledger.keep;

import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.keep.Erasure.ErasedParty;
import dev.darkroom.ledger.keep.Erasure.ErasureStatus;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Removes a user or an owner everywhere, slice by slice. What a slice has done no longer has the
 * name, so the next one finds the rest, whichever gateway it runs in and wherever one was killed.
 * Only jobs that were accepted before are part of it, as their ids say.
 */
public final class ErasureStore {
  /** Counted no further. */
  public static final int MOST_COUNTED = 1_000_000;

  /** As many rows as the function of the tables' owner changes at a time. */
  private static final int PART = 1_000;

  private final JdbcClient database;
  private final JdbcClient searches;

  /**
   * @param searches for counts, which may take long
   */
  public ErasureStore(JdbcClient database, JdbcClient searches) {
    this.database = database;
    this.searches = searches;
  }

  /** What an erasure would concern now; each at most {@value #MOST_COUNTED}. */
  public record ErasureCount(long jobs, long open, long pictures, long steps) {}

  /** Counts what there is. */
  public ErasureCount count(ErasedParty party) {
    return searches
        .sql(
            """
            select count(*) as jobs, count(*) filter (where finished_at is null) as open,
              count(*) filter (where image_url is not null and image_removed_at is null) as pictures,
              (select count(*) from (
                select from public.generation_logs
                where (:owner::text is null or owner = :owner) and (:user::text is null or user_id = :user)
                limit :most) as step) as steps
            from (
              select finished_at, image_url, image_removed_at from public.generation_jobs
              where (:owner::text is null or owner = :owner) and (:user::text is null or user_id = :user)
              limit :most) as job
            """)
        .param("owner", party.owner())
        .param("user", party.userId())
        .param("most", MOST_COUNTED)
        .query((row, _) ->
            new ErasureCount(
                row.getLong("jobs"),
                row.getLong("open"),
                row.getLong("pictures"),
                row.getLong("steps")))
        .single();
  }

  /**
   * Begins to erase. Changes of many jobs that are under way for this user end: they would submit
   * the jobs again. The keys of an owner are revoked, and go with the rest.
   *
   * @param id a UUIDv7: jobs that are accepted later are not part of it
   */
  public Erasure begin(UUID id, ErasedParty party, String reason, AuditEntry audit) {
    return database
        .sql(
            """
            with begun as (
              insert into public.generation_erasures (erasure_id, owner, user_id, reason)
              values (:id, :owner, :user, :reason)
              returning *),
            stopped as (
              update public.generation_operations as operation
              set status = 'cancelled', finished_at = clock_timestamp()
              from begun
              where operation.status = 'running'
                and case when begun.user_id is null then operation.owner = begun.owner
                  else operation.filter ->> 'userId' = begun.user_id
                    and (begun.owner is null or operation.owner in (begun.owner, '')) end),
            revoked as (
              update public.generation_api_keys as key set revoked_at = now(), revoked_by = :actor
              from begun
              where begun.user_id is null and key.owner = begun.owner and key.revoked_at is null),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
              from begun cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry)
            select * from begun
            """)
        .param("id", id)
        .param("owner", party.owner())
        .param("user", party.userId())
        .param("reason", Columns.storable(reason))
        .param("actor", audit.actor())
        .param("audit", AuditEntry.row(audit))
        .query((row, _) -> erasure(row))
        .single();
  }

  /**
   * Takes a running erasure that nobody else carries out.
   *
   * @param reservation how long nobody else does
   */
  public Optional<Erasure> take(Duration reservation) {
    return database
        .sql(
            """
            update public.generation_erasures
            set reserved_until = clock_timestamp() + :reservation * interval '1 millisecond'
            where erasure_id = (
              select erasure_id from public.generation_erasures
              where status = 'running' and reserved_until <= now()
              order by reserved_until limit 1
              for update skip locked)
            returning *
            """)
        .param("reservation", reservation.toMillis())
        .query((row, _) -> erasure(row))
        .optional();
  }

  /** Lets go of an erasure that goes on after a while. */
  public void putOff(Erasure erasure, Duration pause) {
    database
        .sql(
            """
            update public.generation_erasures
            set reserved_until = clock_timestamp() + :pause * interval '1 millisecond'
            where erasure_id = :id
            """)
        .param("id", erasure.id())
        .param("pause", pause.toMillis())
        .update();
  }

  public Optional<Erasure> find(UUID id) {
    return database
        .sql("select * from public.generation_erasures where erasure_id = :id")
        .param("id", id)
        .query((row, _) -> erasure(row))
        .optional();
  }

  /**
   * Open jobs that nobody has asked to end yet. The queue is small, and read as a whole.
   *
   * @param limit jobs at most
   */
  public List<RequestId> openJobs(Erasure erasure, int limit) {
    return database
        .sql(
            """
            select request_id from public.generation_queue
            where state <> 'ended' and cancel_requested_at is null and request_id < :id
              and (:owner::text is null or owner = :owner) and (:user::text is null or user_id = :user)
            order by request_id limit :limit
            """)
        .param("id", erasure.id())
        .param("owner", erasure.owner())
        .param("user", erasure.userId())
        .param("limit", limit)
        .query((row, _) -> Columns.requestId(row))
        .list();
  }

  /** Notes that open jobs were ended, or asked to end. */
  public void noteCancelled(Erasure erasure, int jobs) {
    database
        .sql(
            """
            update public.generation_erasures set cancelled = cancelled + :jobs where erasure_id = :id
            """)
        .param("id", erasure.id())
        .param("jobs", jobs)
        .update();
  }

  /**
   * Jobs of an erasure.
   *
   * @param called those of the jobs that may have a picture
   * @param open how many have not ended yet, up to the limit
   */
  public record ErasedSlice(List<RequestId> jobs, List<RequestId> called, int open) {}

  /**
   * The next jobs that have ended. From now on they say that their pictures are gone.
   *
   * @param limit jobs at most
   */
  public ErasedSlice nextEnded(Erasure erasure, int limit) {
    var found =
        database
            .sql(
                """
                with ended as materialized (
                  select request_id, attempts > 0 as called from public.generation_jobs
                  where request_id < :id and finished_at is not null
                    and (:owner::text is null or owner = :owner) and (:user::text is null or user_id = :user)
                  order by request_id limit :limit),
                open as (
                  select request_id from public.generation_queue
                  where state <> 'ended' and request_id < :id
                    and (:owner::text is null or owner = :owner) and (:user::text is null or user_id = :user)
                  limit :limit),
                marked as (
                  update public.generation_jobs as job set image_removed_at = now()
                  from ended
                  where job.request_id = ended.request_id and job.request_id = any (array(select request_id from ended))
                    and job.image_url is not null and job.image_removed_at is null)
                select request_id, true as ended, called from ended
                union all
                select request_id, false, false from open
                """)
            .param("id", erasure.id())
            .param("owner", erasure.owner())
            .param("user", erasure.userId())
            .param("limit", limit)
            .query((row, _) ->
                new FoundJob(
                    Columns.requestId(row), row.getBoolean("ended"), row.getBoolean("called")))
            .list();
    var ended = found.stream().filter(FoundJob::ended).toList();
    return new ErasedSlice(
        ended.stream().map(FoundJob::id).toList(),
        ended.stream().filter(FoundJob::called).map(FoundJob::id).toList(),
        found.size() - ended.size());
  }

  private record FoundJob(RequestId id, boolean ended, boolean called) {}

  /**
   * Takes a part of the content out of these jobs, whose pictures are gone; they are found again
   * until nothing is left.
   */
  public void erase(Erasure erasure, Collection<RequestId> jobs) {
    database
        .sql(
            """
            with part as materialized (
              select * from public.generation_erase(:id, :jobs::uuid[]))
            update public.generation_erasures as known
            set jobs = known.jobs + part.erased, steps = known.steps + part.steps,
              deliveries = known.deliveries + part.deliveries, keys = known.keys + part.keys,
              pictures = known.pictures + part.pictures
            from part where known.erasure_id = :id
            """)
        .param("id", erasure.id())
        .param("jobs", Columns.texts(jobs.stream()))
        .update();
  }

  /**
   * Goes over all that has no job: steps of the service before, webhooks, pauses, changes of many
   * jobs, the audit; at last the keys of an owner and what was counted for them.
   *
   * @return whether there is more
   */
  public boolean eraseRest(Erasure erasure) {
    return database
        .sql(
            """
            with part as materialized (
              select * from public.generation_erase(:id, '{}')),
            whom as (
              select * from public.generation_erasures where erasure_id = :id),
            deliveries as (
              delete from public.generation_webhook_deliveries
              where delivery_id = any (array(
                select delivery.delivery_id from public.generation_webhook_deliveries as delivery
                where (:owner::text is null or delivery.owner = :owner) and (:user::text is null or delivery.user_id = :user)
                  and delivery.occurred_at < (select created_at from whom)
                limit :part))
              returning delivery_id),
            endpoints as (
              delete from public.generation_webhook_endpoints as endpoint using whom
              where (:owner::text is null or endpoint.owner = :owner) and (:user::text is null or endpoint.user_id = :user)
                and not exists ( -- else jobs that came later use it
                  select from public.generation_webhook_deliveries as delivery
                  where delivery.owner = endpoint.owner and delivery.user_id = endpoint.user_id
                    and delivery.endpoint_id = endpoint.endpoint_id and delivery.occurred_at >= whom.created_at)),
            secrets as (
              delete from public.generation_webhook_secrets as known using whom
              where (:owner::text is null or known.owner = :owner) and (:user::text is null or known.user_id = :user)
                and known.created_at < whom.created_at),
            pauses as (
              delete from public.generation_pauses as pause using whom
              where pause.scope = 'user' and pause.name = :user and :owner::text is null),
            keys as (
              delete from public.generation_idempotency_keys as known using whom
              where :user::text is null and known.owner = :owner and known.created_at < whom.created_at),
            operations as (
              update public.generation_operations as operation
              set reason = null, idempotency_key = null,
                filter = case when operation.filter ->> 'userId' is null then operation.filter
                  else operation.filter || '{"userId": "[erased]"}' end,
                owner = case when whom.user_id is null
                  then 'erased:' || left(encode(sha256(whom.secret || convert_to(whom.owner, 'UTF8')), 'hex'), 16)
                  else operation.owner end
              from whom
              where operation.created_at < whom.created_at
                and case when whom.user_id is null then operation.owner = whom.owner
                  else operation.filter ->> 'userId' = whom.user_id
                    and (whom.owner is null or operation.owner in (whom.owner, '')) end),
            noted as (
              update public.generation_erasures as known
              set steps = known.steps + part.steps,
                deliveries = known.deliveries + (select count(*) from deliveries)
              from part where known.erasure_id = :id)
            select part.steps + part.erased > 0 or (select count(*) from deliveries) = :part from part
            """)
        .param("id", erasure.id())
        .param("owner", erasure.owner())
        .param("user", erasure.userId())
        .param("part", PART)
        .query(Boolean.class)
        .single();
  }

  /**
   * Ends an erasure, and forgets whose it was: of the names that stand in the rows now nobody can
   * tell any more.
   */
  public Optional<Erasure> complete(Erasure erasure) {
    return database
        .sql(
            """
            update public.generation_erasures
            set status = 'completed', finished_at = clock_timestamp(), secret = null,
              reason = case when length(coalesce(user_id, owner)) > 3
                then replace(reason, coalesce(user_id, owner), '[erased]') else reason end,
              owner = case when user_id is not null then owner
                else 'erased:' || left(encode(sha256(secret || convert_to(owner, 'UTF8')), 'hex'), 16) end,
              user_id = 'erased:' || left(encode(sha256(secret || convert_to(user_id, 'UTF8')), 'hex'), 16)
            where erasure_id = :id and status = 'running'
            returning *
            """)
        .param("id", erasure.id())
        .query((row, _) -> erasure(row))
        .optional();
  }

  private static Erasure erasure(ResultSet row) throws SQLException {
    return new Erasure(
        row.getObject("erasure_id", UUID.class),
        row.getString("owner"),
        row.getString("user_id"),
        row.getString("reason"),
        ErasureStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getLong("cancelled"),
        row.getLong("jobs"),
        row.getLong("steps"),
        row.getLong("pictures"),
        row.getLong("deliveries"),
        row.getLong("keys"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "finished_at"));
  }
}
