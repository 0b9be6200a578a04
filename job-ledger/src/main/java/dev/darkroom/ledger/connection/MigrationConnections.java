package dev.darkroom.ledger.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDriverBasedDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The connections of migrations. They prepare no statements on the server, so that they also work
 * through a pooler in transaction mode.
 */
public final class MigrationConnections extends DelegatingDataSource {

  public MigrationConnections(DataSource source) {
    super(source);
    if (source instanceof AbstractDriverBasedDataSource driver) { // or else the ledger's own pool
      var properties = new Properties();
      if (driver.getConnectionProperties() != null) {
        properties.putAll(driver.getConnectionProperties());
      }
      properties.setProperty("prepareThreshold", "0");
      driver.setConnectionProperties(properties);
    }
  }

  /** False as well where the database does not answer; whoever migrates finds that out again. */
  public boolean areThroughTransactionPooler() {
    try (var one = getConnection();
        var other = getConnection()) {
      return PoolerProbe.isTransactionPooler(one, other);
    } catch (SQLException | DataAccessException e) {
      return false;
    }
  }

  /** From here on the transaction under way waits for no lock longer than half a second. */
  public static void limitLockWaits(Connection transaction) {
    JdbcClient.create(new SingleConnectionDataSource(transaction, true))
        .sql("set local lock_timeout = '500ms'")
        .update();
  }

  /**
   * The oldest transaction that holds a lock on a table of the ledger, in words. What another
   * login's is called may not be shown to this one.
   */
  public String lockHolder() {
    try {
      return JdbcClient.create(this)
          .sql(
              """
              select lock.pid, activity.application_name, lock.mode, lock.relation::regclass::text as relation,
                extract(epoch from clock_timestamp() - activity.xact_start)::bigint as seconds
              from pg_locks as lock left join pg_stat_activity as activity using (pid)
              where lock.granted and lock.locktype = 'relation' and lock.pid <> pg_backend_pid()
                and lock.database = (select oid from pg_database where datname = current_database())
                and lock.relation in (select oid from pg_class
                  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                    and relname like 'generation\\_%')
              order by activity.xact_start nulls last limit 1
              """)
          .query((row, _) ->
              "pid %d (%s) since %s: %s on %s"
                  .formatted(
                      row.getInt("pid"),
                      named(row.getString("application_name")),
                      Duration.ofSeconds(row.getLong("seconds")),
                      row.getString("mode"),
                      row.getString("relation")))
          .optional()
          .orElse("somebody who has ended by now, or another gateway that migrates");
    } catch (DataAccessException e) {
      return "unknown; the database does not say";
    }
  }

  private static String named(@Nullable String application) {
    return application == null || application.isBlank() ? "application unknown" : application;
  }
}
