package dev.darkroom.ledger.address;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * After a failover the address may lead to another server, while the pool's connections stay with
 * one that takes no writes any more and answers all else. A refused write therefore makes the pool
 * open its connections anew, every few seconds at most.
 */
public final class LeaveReadOnlyServer implements SQLExceptionTranslator {
  private static final Logger log = LoggerFactory.getLogger(LeaveReadOnlyServer.class);

  /** {@code read_only_sql_transaction}. */
  private static final String READ_ONLY = "25006";

  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

  private final List<DataSource> dataSources;
  private final SQLExceptionTranslator words = new SQLExceptionSubclassTranslator();
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  public LeaveReadOnlyServer(List<DataSource> dataSources) {
    this.dataSources = List.copyOf(dataSources);
  }

  @Override
  public @Nullable DataAccessException translate(
      String task, @Nullable String sql, SQLException failure) {
    if (READ_ONLY.equals(failure.getSQLState())) {
      leave();
    }
    return words.translate(task, sql, failure);
  }

  private void leave() {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due < 0 || !next.compareAndSet(due, now + AT_MOST_EVERY.toNanos())) {
      return;
    }
    log.warn(
        "the database takes no writes; connections are opened anew, for its address may lead to"
            + " another server by now");
    dataSources.forEach(LeaveReadOnlyServer::openAnew);
  }

  private static void openAnew(DataSource dataSource) {
    try {
      var pool = dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
      if (pool != null) {
        pool.softEvictConnections();
      }
    } catch (SQLException e) {
      log.debug("not a pool whose connections could be opened anew", e);
    }
  }
}
