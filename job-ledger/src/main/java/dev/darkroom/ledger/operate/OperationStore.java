package dev.darkroom.ledger.operate;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.operate.Operation.OperationAction;
import dev.darkroom.ledger.operate.Operation.OperationStatus;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.row.RequestIdRange;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Changes of many jobs at once. Any gateway carries out one slice after another; the row says how
 * far they have come, so that another one goes on where one was killed.
 */
public final class OperationStore {
  /** Jobs that one slice looks at, whether they match or not: a rare filter takes more slices. */
  private static final int LOOKED_AT = 20_000;

  /** Counted no further. */
  public static final int MOST_COUNTED = 1_000_000;

  private final JdbcClient database;
  private final JdbcClient searches;
  private final LedgerJson json;

  /**
   * @param searches for counts, which may take long
   */
  public OperationStore(JdbcClient database, JdbcClient searches, LedgerJson json) {
    this.database = database;
    this.searches = searches;
    this.json = json;
  }

  /**
   * The jobs of a slice.
   *
   * @param nextBefore where the next one goes on; null if this is the last one
   */
  public record JobSlice(List<RequestId> jobs, @Nullable UUID nextBefore) {}

  /**
   * An operation that is about to begin.
   *
   * @param id a UUIDv7: jobs that are accepted later are not part of it
   * @param sees what whoever begins it sees; no other job is changed
   * @param key the client's, where it sent one
   * @param matched jobs that match now
   */
  public record NewOperation(
      UUID id,
      OperationAction action,
      JobFilter filter,
      Visibility sees,
      @Nullable String reason,
      @Nullable String key,
      long matched) {}

  /** What came of the wish to begin an operation. */
  public sealed interface Beginning {
    record Begun(Operation operation) implements Beginning {}

    /** The key stands for this operation, which is the same; nothing was written. */
    record Repeated(Operation first) implements Beginning {}

    /** The key stands for this operation, which is another one; nothing was written. */
    record KeyTaken(UUID first) implements Beginning {}
  }

  /** Begins an operation, unless its key stands for one already. */
  public Beginning begin(NewOperation operation, @Nullable AuditEntry audit) {
    return database
        .sql(
            """
            with operation as (
              insert into public.generation_operations as known
                (operation_id, action, filter, owner, reason, idempotency_key, matched, next_before)
              values (:id, :action, :filter::jsonb, coalesce(:owner::text, ''), :reason, :key, :matched, :id)
              on conflict (owner, idempotency_key) do update set idempotency_key = known.idempotency_key
              returning *),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
              from operation cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
              where entry.actor is not null and operation_id = :id)
            select *, operation_id = :id as begun,
              action = :action and filter = :filter::jsonb and reason is not distinct from :reason::text as same
            from operation
            """)
        .param("audit", AuditEntry.row(audit))
        .param("id", operation.id())
        .param("action", operation.action().word())
        .param("filter", json.write(operation.filter()))
        .param("owner", operation.sees().owner())
        .param("reason", operation.reason() == null ? null : Columns.storable(operation.reason()))
        .param("key", operation.key())
        .param("matched", operation.matched())
        .query((row, _) -> beginning(row))
        .single();
  }

  private Beginning beginning(ResultSet row) throws SQLException {
    var known = operation(row);
    if (row.getBoolean("begun")) {
      return new Beginning.Begun(known);
    }
    return row.getBoolean("same")
        ? new Beginning.Repeated(known)
        : new Beginning.KeyTaken(known.id());
  }

  /**
   * How many visible jobs match; {@value #MOST_COUNTED} at most.
   *
   * @param before only jobs with lower ids
   */
  public long count(OperationAction action, JobFilter filter, Visibility visible, UUID before) {
    return searches
        .sql(
            """
            select count(*) from (
              select from public.generation_jobs job left join public.generation_queue queued using (request_id)
              where request_id < :before
                and request_id >= :since and request_id < :until
                and (:owner::text is null or job.owner = :owner)
                and (:user::text is null or job.user_id = :user)
                and (:model::text is null or call #>> '{parameters,model}' = :model)
                and (:code::text is null or job.error_code = :code)
                and case :status when 'open' then status = 'started'
                  when 'started' then status = 'started' and coalesce(queued.attempt, 0) = 0
                  when 'processing' then status = 'started' and queued.attempt > 0
                  else status = :status end
              limit :most) as matched
            """)
        .param("before", before)
        .params(parameters(action, filter, visible))
        .param("most", MOST_COUNTED)
        .query(Long.class)
        .single();
  }

  /**
   * The next jobs of an operation, from the newest to the oldest.
   *
   * @param limit jobs at most
   */
  public JobSlice slice(Operation operation, int limit) {
    var matching =
        database
            .sql(
                """
                with looked_at as materialized (
                  select request_id, owner, user_id, status, error_code, call #>> '{parameters,model}' as model
                  from public.generation_jobs
                  where request_id < :before and request_id >= :since
                  order by request_id desc limit :looked)
                select request_id, (select min(request_id::text) from looked_at) as lowest,
                  (select count(*) from looked_at) as looked, matched
                from (values (true)) as always (so) left join lateral (
                  select job.request_id, true as matched
                  from looked_at job left join public.generation_queue queued using (request_id)
                  where request_id < :until
                    and (:owner::text is null or job.owner = :owner)
                    and (:user::text is null or job.user_id = :user)
                    and (:model::text is null or job.model = :model)
                    and (:code::text is null or job.error_code = :code)
                    and case :status when 'open' then status = 'started'
                      when 'started' then status = 'started' and coalesce(queued.attempt, 0) = 0
                      when 'processing' then status = 'started' and queued.attempt > 0
                      else status = :status end
                  order by request_id desc limit :limit) as matching on true
                order by request_id desc
                """)
            .param("before", operation.nextBefore())
            .params(parameters(operation.action(), operation.filter(), operation.sees()))
            .param("looked", LOOKED_AT)
            .param("limit", limit)
            .query((row, _) ->
                new SlicedJob(
                    row.getObject("request_id", UUID.class),
                    row.getString("lowest"),
                    row.getLong("looked")))
            .list();
    var jobs =
        matching.stream()
            .flatMap(job -> Optional.ofNullable(job.id()).map(RequestId::new).stream())
            .toList();
    return new JobSlice(jobs, next(matching, jobs, limit));
  }

  private record SlicedJob(@Nullable UUID id, @Nullable String lowest, long looked) {}

  private static @Nullable UUID next(List<SlicedJob> matching, List<RequestId> jobs, int limit) {
    if (jobs.size() == limit) {
      return jobs.getLast().value();
    }
    var any = matching.getFirst();
    return any.looked() == LOOKED_AT && any.lowest() != null ? UUID.fromString(any.lowest()) : null;
  }

  /** A job of this status; open ones where those are to be cancelled, failed ones otherwise. */
  private static String status(OperationAction action, JobFilter filter) {
    var status = filter.status();
    if (status != null) {
      return status.word();
    }
    return switch (action) {
      case CANCEL -> "open";
      case REPLAY -> "failed";
    };
  }

  /** What both statements ask of a job. */
  private static Map<String, @Nullable Object> parameters(
      OperationAction action, JobFilter filter, Visibility visible) {
    var ids = RequestIdRange.between(filter.since(), filter.until());
    var parameters = new HashMap<String, @Nullable Object>();
    parameters.put("since", ids.first());
    parameters.put("until", ids.beyond());
    parameters.put("owner", visible.owner());
    parameters.put("user", filter.userId());
    parameters.put("model", filter.model());
    parameters.put("code", filter.errorCode());
    parameters.put("status", status(action, filter));
    return parameters;
  }

  /**
   * Takes a running operation that no other gateway carries out.
   *
   * @param reservation how long nobody else does
   */
  public Optional<Operation> take(Duration reservation) {
    return database
        .sql(
            """
            update public.generation_operations
            set reserved_until = clock_timestamp() + :reservation * interval '1 millisecond'
            where operation_id = (
              select operation_id from public.generation_operations
              where status = 'running' and reserved_until <= now()
              order by reserved_until limit 1
              for update skip locked)
            returning *
            """)
        .param("reservation", reservation.toMillis())
        .query((row, _) -> operation(row))
        .optional();
  }

  /**
   * Records what became of a slice, and lets go of the operation, which has completed where no
   * slice follows. Where another gateway has recorded that slice, or the operation was cancelled,
   * nothing is written.
   */
  public boolean advance(Operation operation, JobSlice slice, int changed) {
    return database
            .sql(
                """
                update public.generation_operations
                set changed = changed + :changed, unchanged = unchanged + :unchanged, next_before = :next::uuid,
                  reserved_until = now(),
                  status = case when :next::uuid is null then 'completed' else status end,
                  finished_at = case when :next::uuid is null then clock_timestamp() end
                where operation_id = :id and status = 'running' and next_before = :before::uuid
                """)
            .param("id", operation.id())
            .param("before", operation.nextBefore())
            .param("next", slice.nextBefore())
            .param("changed", changed)
            .param("unchanged", slice.jobs().size() - changed)
            .update()
        > 0;
  }

  /** Stops an operation; what it has done stays. One that has ended is left as it is. */
  public void cancel(UUID id, @Nullable AuditEntry audit) {
    database
        .sql(
            """
            with stopped as (
              update public.generation_operations set status = 'cancelled', finished_at = clock_timestamp()
              where operation_id = :id and status = 'running'
              returning operation_id)
            insert into public.generation_audit (actor, action, target, owner, address, trace, details)
            select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
            from stopped cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
            where entry.actor is not null
            """)
        .param("audit", AuditEntry.row(audit))
        .param("id", id)
        .update();
  }

  /** The operation, if it is visible: begun by an owner for their own jobs. */
  public Optional<Operation> find(UUID id, Visibility visible) {
    return database
        .sql(
            """
            select * from public.generation_operations
            where operation_id = :id and (:owner::text is null or owner = :owner)
            """)
        .param("id", id)
        .param("owner", visible.owner())
        .query((row, _) -> operation(row))
        .optional();
  }

  /** The latest visible ones, running or not. */
  public List<Operation> latest(Visibility visible, int limit) {
    return database
        .sql(
            """
            select * from public.generation_operations
            where :owner::text is null or owner = :owner
            order by operation_id desc limit :limit
            """)
        .param("owner", visible.owner())
        .param("limit", limit)
        .query((row, _) -> operation(row))
        .list();
  }

  private Operation operation(ResultSet row) throws SQLException {
    var owner = row.getString("owner"); // empty where its maker sees all
    return new Operation(
        row.getObject("operation_id", UUID.class),
        OperationAction.of(row.getString("action")),
        json.read(row.getString("filter"), JobFilter.class),
        owner.isEmpty() ? Visibility.ALL : Visibility.of(owner),
        row.getString("reason"),
        OperationStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        row.getLong("matched"),
        row.getLong("changed"),
        row.getLong("unchanged"),
        row.getObject("next_before", UUID.class),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "finished_at"));
  }
}
