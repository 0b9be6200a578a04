package dev.darkroom.ledger.connection;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether the database answers and takes writes. Settings that make its commits less than durable
 * are shown, and change nothing: a restart would not help.
 */
public final class LedgerHealth implements HealthIndicator {
  private final JdbcClient database;
  private final ReadOnlyFailoverTranslator connections;
  private volatile boolean trouble;

  public LedgerHealth(JdbcClient database, ReadOnlyFailoverTranslator connections) {
    this.database = database;
    this.connections = connections;
  }

  /** Asks, for the metric; false, as nothing is left to do. */
  public boolean watch() {
    trouble = !health().getStatus().equals(Status.UP);
    return false;
  }

  /** Whether the database did not answer, or took no writes, when it was last watched. */
  public boolean isInTrouble() {
    return trouble;
  }

  @Override
  public Health health() {
    try {
      if (isReadOnly()) {
        connections.reconnectFromReadOnly();
        return Health.outOfService().withDetail("reason", "the database is read-only").build();
      }
      var off = PoolerAwareDataSource.disabledDurability(database);
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
}
