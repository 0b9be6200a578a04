package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Reconnects after a failover: the address may lead to another server, while the pool's connections
 * stay with one that answers queries and refuses writes. A refused write therefore makes the pool
 * reconnect, every few seconds at most. So does a prepared statement that the server does not know:
 * then there is a pooler in between, and the new connections prepare none.
 */
public final class ReadOnlyFailoverTranslator implements SQLExceptionTranslator {
  private static final Logger log = LoggerFactory.getLogger(ReadOnlyFailoverTranslator.class);

  /** {@code read_only_sql_transaction}. */
  private static final String READ_ONLY = "25006";

  /** {@code invalid_sql_statement_name} and {@code duplicate_prepared_statement}. */
  private static final Set<String> PREPARED_ELSEWHERE = Set.of("26000", "42P05");

  private final List<DataSource> dataSources;
  private final SQLExceptionTranslator delegate = new SQLExceptionSubclassTranslator();
  private final Throttle reconnects = new Throttle(Duration.ofSeconds(5));
  private final Throttle warnings = new Throttle(Duration.ofMinutes(1));

  /**
   * @param dataSources all that lead to the ledger
   */
  public ReadOnlyFailoverTranslator(List<DataSource> dataSources) {
    this.dataSources = List.copyOf(dataSources);
  }

  @Override
  public @Nullable DataAccessException translate(
      String task, @Nullable String sql, SQLException failure) {
    var state = String.valueOf(failure.getSQLState());
    if (state.equals(READ_ONLY)) {
      reconnectFromReadOnly();
      return new ReadOnlyLedgerException(failure);
    }
    if (PREPARED_ELSEWHERE.contains(state)) {
      stopPreparing();
      return new TransientDataAccessResourceException(
          "a pooler gave the statement another connection", failure);
    }
    return delegate.translate(task, sql, failure);
  }

  /** Reconnects, because the current server is read-only. */
  void reconnectFromReadOnly() {
    if (reconnects.isDue()) {
      pools().forEach(ReadOnlyFailoverTranslator::reconnect);
    }
    if (warnings.isDue()) {
      log.warn(
          "the database is read-only; requests get 503 and running jobs wait; reconnecting until it takes writes");
    }
  }

  private void stopPreparing() {
    var prepared = false;
    for (var pool : pools()) {
      prepared |=
          pool.getDataSource() instanceof PoolerAwareDataSource connections
              && connections.stopPreparing();
    }
    if (prepared) {
      log.warn(
          "prepared statements got lost between connections, so there is a pooler in transaction mode; reconnecting without prepared statements");
      pools().forEach(ReadOnlyFailoverTranslator::reconnect);
    }
  }

  private List<HikariDataSource> pools() {
    var pools = new ArrayList<HikariDataSource>();
    for (var dataSource : dataSources) {
      try {
        pools.add(dataSource.unwrap(HikariDataSource.class));
      } catch (SQLException e) {
        log.debug("not a connection pool that could reconnect", e);
      }
    }
    return pools;
  }

  private static void reconnect(HikariDataSource pool) {
    var connections = pool.getHikariPoolMXBean();
    if (connections != null) {
      connections.softEvictConnections();
    }
  }

  /** Lets one call through, and then none for a while. */
  private static final class Throttle {
    private final long nanos;
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    Throttle(Duration pause) {
      this.nanos = pause.toNanos();
    }

    boolean isDue() {
      long now = System.nanoTime();
      long due = next.get();
      return now - due >= 0 && next.compareAndSet(due, now + nanos);
    }
  }
}
