package dev.darkroom.ledger.readers;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
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
  private final Duration statementTimeout;

  private ReadPool(HikariDataSource pool, Duration statementTimeout) {
    super(pool);
    this.pool = pool;
    this.statementTimeout = statementTimeout;
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
    return new ReadPool(pool, settings.statementTimeout());
  }

  @Override
  public Connection getConnection() throws SQLException {
    ReadBudget.check();
    try {
      return limited(super.getConnection());
    } catch (SQLTransientConnectionException e) {
      if (isExhausted()) {
        throw new TooManyReadersException(e);
      }
      throw e;
    }
  }

  /** Otherwise the server refuses connections. */
  private boolean isExhausted() {
    var state = pool.getHikariPoolMXBean();
    return state != null && state.getActiveConnections() >= pool.getMaximumPoolSize();
  }

  private Connection limited(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            ReadPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              var result = invoke(connection, method, arguments);
              if (result instanceof PreparedStatement statement) {
                statement.setFetchSize(ROWS_AT_A_TIME);
                statement.setQueryTimeout(ReadBudget.secondsLeft(statementTimeout));
              }
              return result;
            });
  }

  private static @Nullable Object invoke(
      Connection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
