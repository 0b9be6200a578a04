package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The transitions of a delivery: reserved, delivered, failed, skipped, redelivered. Whoever locks
 * an endpoint and its deliveries locks the endpoint first.
 */
public final class DeliveryStore {
  /** Of a delivery; earlier ones are forgotten. */
  private static final int TRIES_KEPT = 20;

  /** The error of a try that nobody reported. */
  private static final String LOST =
      "The gateway that sent it stopped before the outcome was known.";

  private final JdbcClient database;

  public DeliveryStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * How much a gateway can send.
   *
   * @param all deliveries at most
   * @param troubled of these to servers that fail or are slow, so that they never take all places
   * @param perLane to one server for one owner at a time, from all gateways
   */
  public record SendingRoom(int all, int troubled, int perLane) {}

  /**
   * Reserves deliveries that are due: of each lane those that have been due for longest, and of all
   * those again. It goes from lane to lane in the index, so that a lane with a million deliveries
   * hides no other. One gateway at a time does this, by the lock and the count that {@link
   * EventCollector} uses, too: so the numbers under way are right.
   *
   * <p>A lane waits as long as one of its endpoints asked for that. Deliveries of an endpoint that
   * was disabled meanwhile are skipped. One whose last gateway never said what became of it fails
   * once its time is over: it might end each gateway that tries.
   *
   * @param reservation after it another gateway may send them, so it must exceed a whole try
   */
  public List<DueDelivery> reserveDue(SendingRoom room, Duration reservation) {
    return database
        .sql(
            """
            with recursive turn as materialized (
              select round from public.generation_webhook_cursor
              where round = (select round from public.generation_webhook_cursor)
                and (select min(due_at) from public.generation_webhook_deliveries where state = 'waiting') <= now()
              for update skip locked),
            each_lane (id) as (
              select (select lane from public.generation_webhook_deliveries
                where state = 'waiting' order by lane limit 1)
              from turn
              union all
              select (select next.lane from public.generation_webhook_deliveries as next
                where next.state = 'waiting' and next.lane > each_lane.id order by next.lane limit 1)
              from each_lane where each_lane.id is not null),
            head as materialized (
              select due.delivery_id, due.due_at,
                exists (select from public.generation_webhook_endpoints where lane = each_lane.id and troubled) as troubled
              from each_lane
              cross join lateral (
                select count(*) as deliveries from public.generation_webhook_deliveries
                where lane = each_lane.id and state = 'waiting' and sending_until is not null and sending_until > now()) as sending
              cross join lateral (
                select delivery_id, due_at from public.generation_webhook_deliveries
                where lane = each_lane.id and state = 'waiting' and due_at <= now()
                order by due_at limit greatest(0, :perLane - sending.deliveries)) as due
              where not exists (select from public.generation_webhook_endpoints
                where lane = each_lane.id and troubled and wait_until > now())),
            chosen as (
              select delivery_id, troubled from (
                (select * from head where not troubled order by due_at limit :all)
                union all
                (select * from head where troubled order by due_at limit :troubled)) as either
              order by due_at limit :all),
            locked as materialized (
              select delivery.delivery_id, endpoint.endpoint_id, endpoint.address, endpoint.disabled_at, chosen.troubled,
                endpoint.disabled_at is null and delivery.sending_until is not null and delivery.give_up_at <= now() as lost
              from chosen join public.generation_webhook_deliveries as delivery using (delivery_id)
              join public.generation_webhook_endpoints as endpoint using (endpoint_id)
              where delivery.state = 'waiting' and delivery.due_at <= now()
              for update of delivery skip locked),
            skipped as (
              update public.generation_webhook_deliveries as delivery
              set state = 'skipped', sending_until = null
              from locked where delivery.delivery_id = locked.delivery_id and disabled_at is not null
              returning delivery.delivery_id),
            failed as (
              update public.generation_webhook_deliveries as delivery
              set state = 'failed', failures = failures + 1, sending_until = null, last_error = :lost
              from locked where delivery.delivery_id = locked.delivery_id and locked.lost
              returning delivery.delivery_id),
            reserved as (
              update public.generation_webhook_deliveries as delivery
              set tries = tries + 1, last_try_at = clock_timestamp(), last_status = null, last_reply = null,
                last_error = null, due_at = clock_timestamp() + :reservation * interval '1 millisecond',
                try_log = case when jsonb_array_length(try_log) < :kept then try_log else try_log - 0 end
                  || jsonb_build_object('number', tries + 1,
                    'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
                sending_until = clock_timestamp() + :reservation * interval '1 millisecond'
              from locked where delivery.delivery_id = locked.delivery_id and disabled_at is null and not locked.lost
              returning delivery.*, locked.address, locked.troubled),
            counted as (
              update public.generation_webhook_cursor set round = round + 1
              where exists (select from reserved) or exists (select from skipped) or exists (select from failed))
            select delivery_id, request_id, owner, user_id, endpoint_id, url, address, body, tries, failures, troubled,
              array(select secret from public.generation_webhook_secrets as known
                where known.owner = reserved.owner and known.user_id = reserved.user_id
                  and (expires_at is null or expires_at > now())
                order by expires_at is null desc, secret_id desc) as secrets
            from reserved
            """)
        .param("all", room.all())
        .param("troubled", room.troubled())
        .param("perLane", room.perLane())
        .param("kept", TRIES_KEPT)
        .param("lost", LOST)
        .param("reservation", reservation.toMillis())
        .query((row, _) -> due(row))
        .list();
  }

  private static DueDelivery due(ResultSet row) throws SQLException {
    return new DueDelivery(
        row.getObject("delivery_id", UUID.class),
        Columns.requestId(row),
        new WebhookOwner(row.getString("owner"), row.getString("user_id")),
        row.getObject("endpoint_id", UUID.class),
        row.getString("url"),
        row.getString("address"),
        row.getString("body"),
        row.getInt("tries"),
        row.getInt("failures"),
        row.getBoolean("troubled"),
        List.of((String[]) row.getArray("secrets").getArray()));
  }

  /**
   * The endpoint has it, whichever try that was, and works.
   *
   * @param took until its reply
   * @param slow whether that is long
   * @return whether the endpoint failed before; empty where the delivery was known to have arrived
   */
  public Optional<Boolean> markDelivered(
      DueDelivery delivery, int status, String reply, Duration took, boolean slow) {
    return database
        .sql(
            """
            with endpoint as materialized (
              select endpoint_id, failing_since is not null as failed from public.generation_webhook_endpoints
              where endpoint_id = :endpoint
                and (failing_since is not null or troubled <> (:slow and disabled_at is null))
              for update),
            delivered as (
              update public.generation_webhook_deliveries
              set state = 'delivered', sending_until = null, delivered_at = clock_timestamp(), last_status = :status,
                last_reply = :reply, last_error = null,
                try_log = coalesce(jsonb_set(try_log, array[(:number - tries - 1)::text],
                  (try_log -> (:number - tries - 1))
                    || jsonb_build_object('status', :status::integer, 'millis', :millis::bigint)), try_log)
              where delivery_id = :id and state <> 'delivered' and (select count(*) from endpoint) >= 0
              returning delivery_id),
            well as (
              update public.generation_webhook_endpoints as known
              set failing_since = null, wait_until = '-infinity', troubled = :slow and disabled_at is null
              from endpoint where known.endpoint_id = endpoint.endpoint_id)
            select coalesce((select failed from endpoint), false) from delivered
            """)
        .param("endpoint", delivery.endpointId())
        .param("id", delivery.deliveryId())
        .param("number", delivery.number())
        .param("millis", took.toMillis())
        .param("slow", slow)
        .param("status", status)
        .param("reply", reply)
        .query(Boolean.class)
        .optional();
  }

  /**
   * What is known of a try that failed.
   *
   * @param status that came back, if any did
   * @param error a sentence for the owner
   * @param gone whether the endpoint wants nothing more
   * @param delay until the next try
   * @param retryAfter how long the endpoint wants no requests; zero where it did not say
   * @param took until its reply, or until there was none
   */
  public record FailedTry(
      @Nullable Integer status,
      @Nullable String reply,
      String error,
      boolean gone,
      Duration delay,
      Duration retryAfter,
      Duration took) {}

  /**
   * What follows from a failed try.
   *
   * @param nextTryAt null where there is none
   * @param first whether the endpoint worked before
   * @param disabled whether the endpoint was disabled by this
   */
  public record AfterFailure(
      DeliveryState state, @Nullable Instant nextTryAt, boolean first, boolean disabled) {}

  /**
   * The delivery waits for its next try, or is given up if its time is over or its endpoint is
   * gone. A wait that the endpoint asked for ends with that time at the latest: then is its last
   * try. The endpoint is disabled if it is gone, or if nothing has succeeded for as long as {@code
   * patience}.
   *
   * @return empty where another try has begun, or the delivery waits no longer
   */
  public Optional<AfterFailure> markFailed(
      DueDelivery delivery, FailedTry failed, Duration patience) {
    return database
        .sql(
            """
            with endpoint as materialized (
              select endpoint_id, failing_since is null as first, coalesce(failing_since, clock_timestamp()) as since,
                disabled_at is null and (:gone or failing_since <= clock_timestamp() - :patience * interval '1 millisecond')
                  is true as disables
              from public.generation_webhook_endpoints where endpoint_id = :endpoint
              for update),
            tried as (
              update public.generation_webhook_deliveries as delivery
              set state = case when :gone or give_up_at <= clock_timestamp() then 'failed' else 'waiting' end,
                failures = failures + 1, sending_until = null,
                last_status = :status::integer, last_reply = :reply::text, last_error = :error,
                try_log = coalesce(jsonb_set(try_log, '{-1}', (try_log -> -1) || jsonb_strip_nulls(jsonb_build_object(
                  'status', :status::integer, 'error', left(:error, 200), 'millis', :millis::bigint))), try_log),
                due_at = least(clock_timestamp() + greatest(:delay, :retryAfter) * interval '1 millisecond',
                  greatest(give_up_at, clock_timestamp()))
              from endpoint
              where delivery.delivery_id = :id and delivery.tries = :number and delivery.state = 'waiting'
              returning delivery.state, case delivery.state when 'waiting' then delivery.due_at end as next_try_at),
            hurt as (
              update public.generation_webhook_endpoints as known
              set failing_since = endpoint.since, troubled = known.disabled_at is null and not endpoint.disables,
                wait_until = case when :retryAfter > 0
                  then greatest(wait_until, clock_timestamp() + :retryAfter * interval '1 millisecond') else wait_until end,
                disabled_at = case when endpoint.disables then clock_timestamp() else disabled_at end,
                disabled_reason = case when endpoint.disables and :gone then :error
                  when endpoint.disables then 'No delivery has succeeded since '
                    || to_char(endpoint.since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '. The last error: ' || :error
                  else disabled_reason end
              from endpoint where known.endpoint_id = endpoint.endpoint_id and exists (select from tried))
            select tried.state, tried.next_try_at, endpoint.first, endpoint.disables from tried, endpoint
            """)
        .param("endpoint", delivery.endpointId())
        .param("id", delivery.deliveryId())
        .param("number", delivery.number())
        .param("gone", failed.gone())
        .param("status", failed.status())
        .param("reply", failed.reply())
        .param("error", failed.error())
        .param("delay", failed.delay().toMillis())
        .param("millis", failed.took().toMillis())
        .param("retryAfter", failed.retryAfter().toMillis())
        .param("patience", patience.toMillis())
        .query((row, _) ->
            new AfterFailure(
                DeliveryQueries.state(row),
                Columns.instantOrNull(row, "next_try_at"),
                row.getBoolean("first"),
                row.getBoolean("disables")))
        .optional();
  }

  /**
   * Skips deliveries that wait for a disabled endpoint.
   *
   * @return how many; as many as the limit where there may be more
   */
  public int skipOfDisabled(UUID endpoint, int limit) {
    return database
        .sql(
            """
            with waiting as (
              select delivery.delivery_id
              from public.generation_webhook_endpoints as endpoint
              join public.generation_webhook_deliveries as delivery using (lane, endpoint_id)
              where endpoint.endpoint_id = :endpoint and endpoint.disabled_at is not null and delivery.state = 'waiting'
              order by delivery.due_at limit :limit
              for update of delivery skip locked)
            update public.generation_webhook_deliveries as delivery
            set state = 'skipped', sending_until = null
            from waiting where delivery.delivery_id = waiting.delivery_id
            """)
        .param("endpoint", endpoint)
        .param("limit", limit)
        .update();
  }

  /** What came of a wish to send a delivery again. */
  public enum Redelivery {
    ACCEPTED,
    NO_SUCH_DELIVERY,
    ENDPOINT_DISABLED
  }

  /**
   * Sends a visible delivery again, whatever became of it, with all the patience of a new one. One
   * that is being sent is left alone, as far as it succeeds.
   */
  public Redelivery redeliver(RequestId job, UUID delivery, Visibility visible, Duration patience) {
    return database
        .sql(
            """
            with wanted as (
              select delivery.delivery_id, endpoint.disabled_at is not null as disabled
              from public.generation_webhook_deliveries as delivery
              join public.generation_webhook_endpoints as endpoint using (endpoint_id)
              where delivery.delivery_id = :id and delivery.request_id = :job
                and (:owner::text is null or delivery.owner = :owner)),
            again as (
              update public.generation_webhook_deliveries as delivery
              set state = 'waiting', failures = 0, due_at = greatest(clock_timestamp(), sending_until),
                give_up_at = clock_timestamp() + :patience * interval '1 millisecond', delivered_at = null
              from wanted where delivery.delivery_id = wanted.delivery_id and not disabled)
            select disabled from wanted
            """)
        .param("id", delivery)
        .param("job", job.value())
        .param("owner", visible.owner())
        .param("patience", patience.toMillis())
        .query(Boolean.class)
        .optional()
        .map(disabled -> disabled ? Redelivery.ENDPOINT_DISABLED : Redelivery.ACCEPTED)
        .orElse(Redelivery.NO_SUCH_DELIVERY);
  }

  /**
   * Sends deliveries of an owner again, but for those of disabled endpoints; the oldest first.
   *
   * @param since when the events occurred, at the earliest
   * @param until before this
   * @param states what became of them
   * @return how many; as many as the limit where there may be more
   */
  public int redeliverAll(
      WebhookOwner owner,
      Instant since,
      Instant until,
      Collection<DeliveryState> states,
      Duration patience,
      int limit) {
    return database
        .sql(
            """
            with wanted as (
              select delivery.delivery_id
              from public.generation_webhook_deliveries as delivery
              join public.generation_webhook_endpoints as endpoint using (endpoint_id)
              where delivery.owner = :owner and delivery.user_id = :user
                and occurred_at >= :since::timestamptz and occurred_at < :until::timestamptz
                and state = any (:states) and endpoint.disabled_at is null
              order by occurred_at limit :limit
              for update of delivery skip locked)
            update public.generation_webhook_deliveries as delivery
            set state = 'waiting', failures = 0, due_at = clock_timestamp(),
              give_up_at = clock_timestamp() + :patience * interval '1 millisecond', delivered_at = null
            from wanted where delivery.delivery_id = wanted.delivery_id
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .param("since", since.toString())
        .param("until", until.toString())
        .param("states", Columns.texts(states.stream().map(DeliveryState::word)))
        .param("patience", patience.toMillis())
        .param("limit", limit)
        .update();
  }
}
