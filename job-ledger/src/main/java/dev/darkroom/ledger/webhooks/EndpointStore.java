package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The endpoints of owners: shown, enabled again, and forgotten. */
public final class EndpointStore {
  /** Longer than a delivery may be tried, so that none loses its endpoint. */
  private static final Duration LONGER_THAN_DELIVERIES = Duration.ofDays(8);

  private final JdbcClient database;
  private final JdbcClient lookups;

  public EndpointStore(JdbcClient database, JdbcClient lookups) {
    this.database = database;
    this.lookups = lookups;
  }

  /**
   * Where an owner's events go.
   *
   * @param address its URL without the query
   * @param failingSince the first failure after the last success; null where the last try succeeded
   * @param waitUntil it asked for no requests before that
   * @param disabledReason why nothing is sent there
   * @param usedAt when the last event for it was collected
   */
  public record WebhookEndpoint(
      String address,
      @Nullable Instant failingSince,
      @Nullable Instant waitUntil,
      @Nullable Instant disabledAt,
      @Nullable String disabledReason,
      Instant usedAt) {}

  /** Those of an owner, the latest used first. */
  public List<WebhookEndpoint> of(WebhookOwner owner, int limit) {
    return lookups
        .sql(
            """
            select address, failing_since, case when wait_until > now() then wait_until end as wait_until,
              disabled_at, disabled_reason, used_at
            from public.generation_webhook_endpoints
            where owner = :owner and user_id = :user
            order by used_at desc limit :limit
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .param("limit", limit)
        .query((row, _) -> endpoint(row))
        .list();
  }

  /**
   * Sends to it again, as if it had never failed. What was skipped meanwhile stays so until it is
   * redelivered.
   *
   * @param url with or without its query
   * @return empty where the owner has no such endpoint
   */
  public Optional<WebhookEndpoint> enable(WebhookOwner owner, String url) {
    return database
        .sql(
            """
            update public.generation_webhook_endpoints
            set disabled_at = null, disabled_reason = null, failing_since = null, troubled = false,
              wait_until = '-infinity'
            where owner = :owner and user_id = :user and address = lower(substring(:url from '^[^:]+://[^/?]+'))
              || coalesce(substring(:url from '^[^:]+://[^/?]+([^?]*)'), '')
            returning address, failing_since, null::timestamptz as wait_until, disabled_at, disabled_reason, used_at
            """)
        .param("owner", owner.owner())
        .param("user", owner.userId())
        .param("url", url)
        .query((row, _) -> endpoint(row))
        .optional();
  }

  private static WebhookEndpoint endpoint(ResultSet row) throws SQLException {
    return new WebhookEndpoint(
        row.getString("address"),
        Columns.instantOrNull(row, "failing_since"),
        Columns.instantOrNull(row, "wait_until"),
        Columns.instantOrNull(row, "disabled_at"),
        row.getString("disabled_reason"),
        Columns.instant(row, "used_at"));
  }

  /**
   * Deletes endpoints that have had no events since long before the oldest delivery that is kept.
   *
   * @return how many; as many as the limit where there may be more
   */
  public int forgetUnused(Duration keep, int limit) {
    return database
        .sql(
            """
            with unused as (
              select endpoint_id from public.generation_webhook_endpoints
              where used_at < now() - :keep * interval '1 millisecond'
              order by used_at limit :limit
              for update skip locked)
            delete from public.generation_webhook_endpoints as endpoint
            using unused where endpoint.endpoint_id = unused.endpoint_id
            """)
        .param("keep", keep.plus(LONGER_THAN_DELIVERIES).toMillis())
        .param("limit", limit)
        .update();
  }
}
