package dev.darkroom.ledger.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit: append-only, also for the application. */
public final class AuditStore {
  private final JdbcClient database;
  private final JdbcClient searches;
  private final LedgerJson json;

  public AuditStore(JdbcClient database, JdbcClient searches, LedgerJson json) {
    this.database = database;
    this.searches = searches;
    this.json = json;
  }

  /** Where an entry stands: entries are read from the newest to the oldest. */
  public record AuditPosition(OffsetDateTime at, long seq) {
    /** Before the newest. */
    public static final AuditPosition START = new AuditPosition(OffsetDateTime.MAX, Long.MAX_VALUE);

    public static AuditPosition of(Instant at, long seq) {
      return new AuditPosition(at.atOffset(ZoneOffset.UTC), seq);
    }
  }

  /** An entry that was written. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AuditedAction(
      long seq,
      Instant at,
      String actor,
      String action,
      String target,
      String owner,
      @Nullable String address,
      @Nullable String trace,
      @Nullable Map<String, Object> details) {}

  /**
   * Writes down what no statement does, such as a read of everybody's jobs. Whoever is to do it
   * waits for this.
   */
  public void write(AuditEntry entry) {
    database
        .sql(
            """
            insert into public.generation_audit (actor, action, target, owner, address, trace, details)
            select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
            from jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
            """)
        .param("audit", AuditEntry.row(entry))
        .update();
  }

  /** Entries after this position. */
  public List<AuditedAction> page(AuditPosition after, AuditFilter filter, int limit) {
    return searches
        .sql(
            """
            select seq, at, actor, action, target, owner, host(address) as address, trace, details
            from public.generation_audit
            where (:actor::text is null or actor = :actor)
              and (:action::text is null or action = :action)
              and (:target::text is null or target = :target)
              and at >= :since and at < :until
              and (at, seq) < (:positionTime, :positionSeq)
            order by at desc, seq desc limit :limit
            """)
        .param("actor", filter.actor())
        .param("action", filter.action() == null ? null : filter.action().word())
        .param("target", filter.target())
        .param("since", orElse(filter.since(), OffsetDateTime.MIN))
        .param("until", orElse(filter.until(), OffsetDateTime.MAX))
        .param("positionTime", after.at())
        .param("positionSeq", after.seq())
        .param("limit", limit)
        .query((row, _) -> action(row))
        .list();
  }

  private static OffsetDateTime orElse(@Nullable Instant at, OffsetDateTime infinity) {
    return at == null ? infinity : at.atOffset(ZoneOffset.UTC);
  }

  private AuditedAction action(ResultSet row) throws SQLException {
    return new AuditedAction(
        row.getLong("seq"),
        Columns.instant(row, "at"),
        row.getString("actor"),
        row.getString("action"),
        row.getString("target"),
        row.getString("owner"),
        row.getString("address"),
        row.getString("trace"),
        json.details(row.getString("details")));
  }
}
