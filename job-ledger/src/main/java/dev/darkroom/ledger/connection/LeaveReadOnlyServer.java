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
 * After a failover the address may lead to another server, while the pool's connections stay with
 * one that takes no writes any more and answers all else. A refused write therefore makes the pool
 * open its connections anew, every few seconds at most. So does a prepared statement that is not
 * where it was prepared: then there is a pooler in between, and the new connections prepare none.
 */
public final class LeaveReadOnlyServer implements SQLExceptionTranslator {
  private static final Logger log = LoggerFactory.getLogger(LeaveReadOnlyServer.class);

  /** {@code read_only_sql_transaction}. */
  private static final String READ_ONLY = "25006";

  /** {@code invalid_sql_statement_name} and {@code duplicate_prepared_statement}. */
  private static final Set<String> PREPARED_ELSEWHERE = Set.of("26000", "42P05");

  private final List<DataSource> dataSources;
  private final SQLExceptionTranslator words = new SQLExceptionSubclassTranslator();
  private final Seldom leaving = new Seldom(Duration.ofSeconds(5));
  private final Seldom saying = new Seldom(Duration.ofMinutes(1));

  /**
   * @param dataSources all that lead to the ledger
   */
  public LeaveReadOnlyServer(List<DataSource> dataSources) {
    this.dataSources = List.copyOf(dataSources);
  }

  @Override
  public @Nullable DataAccessException translate(
      String task, @Nullable String sql, SQLException failure) {
    var state = String.valueOf(failure.getSQLState());
    if (state.equals(READ_ONLY)) {
      leaveReadOnly();
      return new ReadOnlyLedgerException(failure);
    }
    if (PREPARED_ELSEWHERE.contains(state)) {
      stopPreparing();
      return new TransientDataAccessResourceException(
          "a pooler gave the statement another connection", failure);
    }
    return words.translate(task, sql, failure);
  }

  /** The connections in use read only, and may lead to a server that is no longer the right one. */
  void leaveReadOnly() {
    if (leaving.isDue()) {
      pools().forEach(LeaveReadOnlyServer::openAnew);
    }
    if (saying.isDue()) {
      log.warn(
          "the database takes no writes (it is read-only); jobs are refused, and those in hand wait; connections are opened anew until it takes writes");
    }
  }

  private void stopPreparing() {
    var prepared = false;
    for (var pool : pools()) {
      prepared |=
          pool.getDataSource() instanceof LedgerConnections connections
              && connections.stopPreparing();
    }
    if (prepared) {
      log.warn(
          "prepared statements got lost between connections, so there is a pooler in transaction mode; connections are opened anew and prepare none");
      pools().forEach(LeaveReadOnlyServer::openAnew);
    }
  }

  private List<HikariDataSource> pools() {
    var pools = new ArrayList<HikariDataSource>();
    for (var dataSource : dataSources) {
      try {
        pools.add(dataSource.unwrap(HikariDataSource.class));
      } catch (SQLException e) {
        log.debug("not a pool whose connections could be opened anew", e);
      }
    }
    return pools;
  }

  private static void openAnew(HikariDataSource pool) {
    var connections = pool.getHikariPoolMXBean();
    if (connections != null) {
      connections.softEvictConnections();
    }
  }

  /** Lets one of many through, and then none for a while. */
  private static final class Seldom {
    private final long nanos;
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    Seldom(Duration pause) {
      this.nanos = pause.toNanos();
    }

    boolean isDue() {
      long now = System.nanoTime();
      long due = next.get();
      return now - due >= 0 && next.compareAndSet(due, now + nanos);
    }
  }
}
