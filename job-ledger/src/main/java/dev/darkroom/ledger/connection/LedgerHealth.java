package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether the database answers and takes writes. After a failover the address may lead to another
 * server while pooled connections stay with one that only answers queries, so pools reconnect for
 * as long as one refuses writes. Settings that make commits less than durable are shown, and change
 * nothing: a restart would not help.
 */
public final class LedgerHealth implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(LedgerHealth.class);

  private final JdbcClient database;
  private final ReadOnlyFailoverTranslator writes;
  private final List<DataSource> dataSources;
  private volatile boolean trouble;
  private boolean readOnly;
  private List<String> notDurable = List.of();

  /**
   * @param dataSources all that lead to the ledger
   */
  public LedgerHealth(
      JdbcClient database, ReadOnlyFailoverTranslator writes, Stream<DataSource> dataSources) {
    this.database = database;
    this.writes = writes;
    this.dataSources = dataSources.toList();
  }

  /** One round of a loop, which is the only caller; never asks for another round at once. */
  public boolean watch() {
    try {
      var refused = writes.refusedSince();
      var refusesWrites = isReadOnly() || refused;
      trouble = refusesWrites;
      if (refusesWrites) {
        dataSources.forEach(LedgerHealth::reconnect);
        warnOnce();
      }
      readOnly = refusesWrites;
      warnIfNotDurable();
    } catch (DataAccessException e) {
      trouble = true;
    }
    return false;
  }

  private void warnOnce() {
    if (!readOnly) {
      log.warn(
          "the database is read-only; requests get 503 and running jobs wait; reconnecting until it takes writes");
    }
  }

  private void warnIfNotDurable() {
    var off = disabledDurability();
    if (!off.isEmpty() && !off.equals(notDurable)) {
      log.atWarn()
          .addKeyValue("off", String.join(", ", off))
          .log(
              "commits of the database are not durable; a crash can lose accepted jobs. Turn these settings on");
    }
    notDurable = off;
  }

  private static void reconnect(DataSource dataSource) {
    try {
      var connections = dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
      if (connections != null) {
        connections.softEvictConnections();
      }
    } catch (SQLException e) {
      log.debug("not a connection pool that could reconnect", e);
    }
  }

  /** Whether the database did not answer, or took no writes, when it was last watched. */
  public boolean isInTrouble() {
    return trouble;
  }

  @Override
  public Health health() {
    try {
      if (isReadOnly()) {
        return Health.outOfService().withDetail("reason", "the database is read-only").build();
      }
      var off = disabledDurability();
      var up = Health.up();
      return off.isEmpty() ? up.build() : up.withDetail("notDurable", off).build();
    } catch (DataAccessException e) {
      return Health.down().withDetail("reason", "the database does not answer").build();
    }
  }

  private boolean isReadOnly() {
    return database
        .sql("select current_setting('transaction_read_only') = 'on'")
        .query(Boolean.class)
        .single();
  }

  /** Settings without which a crash can lose accepted jobs, if they are off for this login. */
  private List<String> disabledDurability() {
    return database
        .sql(
            """
            select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) as name
            where current_setting(name) = 'off' order by name
            """)
        .query((row, _) -> row.getString("name"))
        .list();
  }
}
