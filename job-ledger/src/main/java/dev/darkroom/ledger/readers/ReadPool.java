package dev.darkroom.ledger.readers;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A small pool for reading, with no idle connections. A statement gets no more time than the {@link
 * ReadBudget} of its reader has left, and its rows are fetched a few at a time, so that a reader
 * that needs no more leaves the rest on the server.
 */
final class ReadPool extends DelegatingDataSource implements AutoCloseable {
  /** Rows of the log may have 25 KiB each. */
  private static final int ROWS_AT_A_TIME = 32;

  private final HikariDataSource pool;

  private ReadPool(HikariDataSource pool) {
    super(pool);
    this.pool = pool;
  }

  /**
   * Lets the server plan each execution for its values. A statement with filters that may be null
   * would otherwise, after ten executions, get one plan for all values.
   */
  ReadPool planningEachExecution() {
    pool.setConnectionInitSql("set plan_cache_mode = force_custom_plan");
    return this;
  }

  /** Connects to the same server in the same way as the main pool. */
  static ReadPool beside(
      HikariDataSource other, String name, int connections, ReadPoolSettings settings) {
    var pool = new HikariDataSource();
    other.copyStateTo(pool);
    pool.setPoolName(name);
    pool.setMaximumPoolSize(connections);
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(settings.patience().toMillis());
    pool.setReadOnly(true);
    pool.setAutoCommit(false); // or the driver would fetch all rows at once
    pool.setIsolateInternalQueries(true); // or keeping it alive would leave a transaction open
    return new ReadPool(pool);
  }

  JdbcClient client(ReadPoolSettings settings) {
    return JdbcClient.create(
        new JdbcTemplate(this) {
          @Override
          protected void applyStatementSettings(Statement statement) throws SQLException {
            statement.setFetchSize(ROWS_AT_A_TIME);
            statement.setQueryTimeout(ReadBudget.secondsLeft(settings.statementTimeout()));
          }
        });
  }

  @Override
  public Connection getConnection() throws SQLException {
    ReadBudget.check();
    try {
      return super.getConnection();
    } catch (SQLTransientConnectionException e) {
      if (isExhausted()) {
        throw new TooManyReadersException(e);
      }
      throw e;
    }
  }

  /**
   * Otherwise the server refuses connections. One that was given back in this moment, to somebody
   * else who waited, makes no difference.
   */
  private boolean isExhausted() {
    var state = pool.getHikariPoolMXBean();
    return state != null && state.getTotalConnections() >= pool.getMaximumPoolSize();
  }

  @Override
  public void close() {
    pool.close();
  }
}
