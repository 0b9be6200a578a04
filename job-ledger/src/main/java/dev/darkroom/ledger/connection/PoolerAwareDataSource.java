package dev.darkroom.ledger.connection;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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
 * Opens the pool's connections. Before the first one it probes the other end: behind a pooler in
 * transaction mode, statements must not be prepared on the server, for the next transaction runs on
 * another connection. It also warns if commits are not durable.
 */
final class PoolerAwareDataSource extends DelegatingDataSource {
  private static final Logger log = LoggerFactory.getLogger(PoolerAwareDataSource.class);

  private final DataSource preparing;
  private final DataSource plain;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile boolean probed;
  private volatile boolean prepares = true;

  private PoolerAwareDataSource(DataSource preparing, DataSource plain) {
    super(preparing);
    this.preparing = preparing;
    this.plain = plain;
  }

  /** For a pool that has opened none yet. */
  static PoolerAwareDataSource of(HikariDataSource pool) {
    var properties = new Properties();
    properties.putAll(pool.getDataSourceProperties());
    properties.setProperty("prepareThreshold", "0");
    return new PoolerAwareDataSource(
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
    probeOnce();
    return source().getConnection();
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    probeOnce();
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

  /** Repeated until it succeeds; a pooler may have a second connection only later. */
  private void probeOnce() throws SQLException {
    if (probed) {
      return;
    }
    probing.lock();
    try (var one = plain.getConnection()) {
      if (!probed) {
        probe(one);
      }
    } finally {
      probing.unlock();
    }
  }

  private void probe(Connection one) {
    try (var other = plain.getConnection()) {
      if (PoolerProbe.isTransactionPooler(one, other) && stopPreparing()) {
        log.info(
            "the database is behind a pooler in transaction mode; statements are not prepared on the server");
      }
      var off = disabledDurability(JdbcClient.create(new SingleConnectionDataSource(one, true)));
      if (!off.isEmpty()) {
        log.atWarn()
            .addKeyValue("off", String.join(", ", off))
            .log(
                "commits of the database are not durable; a crash can lose accepted jobs. Turn these settings on");
      }
      probed = true;
    } catch (SQLException | DataAccessException e) {
      log.debug("could not probe the database; the next connection tries again", e);
    }
  }

  /** Settings without which a crash can lose accepted jobs, if they are off for this login. */
  static List<String> disabledDurability(JdbcClient database) {
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
