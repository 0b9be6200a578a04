package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Opens the pool's connections. Before the first one it looks what is at the other end: behind a
 * pooler that hands each transaction to another connection, statements must not be prepared on the
 * server, for a prepared statement stays behind. It also warns where commits are not durable.
 */
final class LedgerConnections extends DelegatingDataSource {
  private static final Logger log = LoggerFactory.getLogger(LedgerConnections.class);

  private final DataSource preparing;
  private final DataSource plain;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile boolean looked;
  private volatile boolean prepares = true;

  private LedgerConnections(DataSource preparing, DataSource plain) {
    super(preparing);
    this.preparing = preparing;
    this.plain = plain;
  }

  /** For a pool that has opened none yet. */
  static LedgerConnections of(HikariDataSource pool) {
    var properties = new Properties();
    properties.putAll(pool.getDataSourceProperties());
    properties.setProperty("prepareThreshold", "0");
    return new LedgerConnections(
        driver(pool, pool.getDataSourceProperties()), driver(pool, properties));
  }

  private static DataSource driver(HikariDataSource pool, Properties properties) {
    return new DriverDataSource(
        pool.getJdbcUrl(),
        pool.getDriverClassName(),
        properties,
        pool.getUsername(),
        pool.getPassword());
  }

  @Override
  public Connection getConnection() throws SQLException {
    lookOnce();
    return source().getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    lookOnce();
    return source().getConnection(username, password);
  }

  private DataSource source() {
    return prepares ? preparing : plain;
  }

  /**
   * From now on connections prepare nothing on the server; those that are open already do.
   *
   * @return whether that is new
   */
  boolean stopPreparing() {
    var was = prepares;
    prepares = false;
    return was;
  }

  /** Until it could look; a pooler may have a second connection only later. */
  private void lookOnce() throws SQLException {
    if (looked) {
      return;
    }
    looking.lock();
    try (var one = plain.getConnection()) {
      if (!looked) {
        look(one);
      }
    } finally {
      looking.unlock();
    }
  }

  private void look(Connection one) {
    try (var other = plain.getConnection()) {
      if (PoolerProbe.isTransactionPooler(one, other) && stopPreparing()) {
        log.info(
            "the database is behind a pooler in transaction mode; statements are not prepared on the server");
      }
      var off =
          DurabilitySettings.off(JdbcClient.create(new SingleConnectionDataSource(one, true)));
      if (!off.isEmpty()) {
        log.atWarn()
            .addKeyValue("off", String.join(", ", off))
            .log(
                "commits of the database are not durable; accepted jobs can be lost when it crashes. Turn these settings on");
      }
      looked = true;
    } catch (SQLException | DataAccessException e) {
      log.debug("the database could not be looked at; the next connection tries again", e);
    }
  }
}
