package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Questions about deliveries, and the end of old ones. */
public final class DeliveryQueries {
  /** Counting stops there. */
  private static final int MOST_COUNTED = 100_000;

  private final JdbcClient database;
  private final JdbcClient lookups;

  public DeliveryQueries(JdbcClient database, JdbcClient lookups) {
    this.database = database;
    this.lookups = lookups;
  }

  /** The deliveries of a visible job, in the order of its events. */
  public List<WebhookDelivery> ofJob(RequestId job, Visibility visible, int limit) {
    return lookups
        .sql(
            """
            select *, case when state = 'waiting' and (sending_until is null or sending_until <= now())
              then greatest(due_at, now()) end as next_try_at
            from public.generation_webhook_deliveries
            where request_id = :job and (:owner::text is null or owner = :owner)
            order by occurred_at, delivery_id limit :limit
            """)
        .param("job", job.value())
        .param("owner", visible.owner())
        .param("limit", limit)
        .query((row, _) -> delivery(row))
        .list();
  }

  private static WebhookDelivery delivery(ResultSet row) throws SQLException {
    return new WebhookDelivery(
        row.getObject("delivery_id", UUID.class),
        JobStatus.of(row.getString("event")).orElseThrow(),
        row.getString("url"),
        row.getString("body"),
        Columns.instant(row, "occurred_at"),
        state(row),
        row.getInt("tries"),
        Columns.instantOrNull(row, "last_try_at"),
        row.getObject("last_status", Integer.class),
        row.getString("last_reply"),
        row.getString("last_error"),
        row.getString("try_log"),
        Columns.instantOrNull(row, "delivered_at"),
        Columns.instantOrNull(row, "next_try_at"));
  }

  static DeliveryState state(ResultSet row) throws SQLException {
    var word = row.getString("state");
    return Stream.of(DeliveryState.values())
        .filter(state -> state.word().equals(word))
        .findFirst()
        .orElseThrow();
  }

  /**
   * How webhooks stand.
   *
   * @param waiting deliveries, up to 100,000
   * @param oldestDueSeconds how long the one that has been due for longest has waited for its try
   * @param disabled endpoints
   */
  public record WebhookCounts(long waiting, double oldestDueSeconds, long disabled) {}

  public WebhookCounts count() {
    return database
        .sql(
            """
            select
              (select count(*) from (
                select from public.generation_webhook_deliveries where state = 'waiting' limit :most) as waiting) as waiting,
              coalesce((select extract(epoch from now() - due_at) from public.generation_webhook_deliveries
                where state = 'waiting' and due_at <= now() order by due_at limit 1), 0) as oldest_due,
              (select count(*) from public.generation_webhook_endpoints where disabled_at is not null) as disabled
            """)
        .param("most", MOST_COUNTED)
        .query((row, _) ->
            new WebhookCounts(
                row.getLong("waiting"), row.getDouble("oldest_due"), row.getLong("disabled")))
        .single();
  }

  /**
   * Deletes deliveries of events that are older than that and wait no longer. Ids begin with the
   * time of their step, so that the oldest are the first in the primary key. It never waits for
   * others.
   *
   * @return how many; as many as the limit where there may be more
   */
  public int forgetOld(Duration keep, int limit) {
    return database
        .sql(
            """
            with old as (
              select delivery_id from public.generation_webhook_deliveries
              where delivery_id < rpad(lpad(to_hex(
                  (extract(epoch from now() - :keep * interval '1 millisecond') * 1000)::bigint), 12, '0'), 32, '0')::uuid
                and state <> 'waiting'
              order by delivery_id limit :limit
              for update skip locked)
            delete from public.generation_webhook_deliveries as delivery
            using old where delivery.delivery_id = old.delivery_id
            """)
        .param("keep", keep.toMillis())
        .param("limit", limit)
        .update();
  }
}
