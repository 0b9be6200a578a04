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
public final class MigrationDataSource extends DelegatingDataSource {

  public MigrationDataSource(DataSource source) {
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

  /** False as well if the database does not answer; the migration finds that out again. */
  public boolean areThroughTransactionPooler() {
    try (var one = getConnection();
        var other = getConnection()) {
      return PoolerProbe.isTransactionPooler(one, other);
    } catch (SQLException | DataAccessException e) {
      return false;
    }
  }

  /** From now on this transaction waits for no lock longer than half a second. */
  public static void limitLockWaits(Connection transaction) {
    JdbcClient.create(new SingleConnectionDataSource(transaction, true))
        .sql("set local lock_timeout = '500ms'")
        .update();
  }

  /**
   * Describes the oldest transaction that holds a lock on a table of the ledger. PostgreSQL may
   * hide the application's name of another login.
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
          .orElse("a transaction that has ended by now, or another gateway that migrates");
    } catch (DataAccessException e) {
      return "unknown; the database did not answer";
    }
  }

  private static String named(@Nullable String application) {
    return application == null || application.isBlank() ? "application unknown" : application;
  }
}
