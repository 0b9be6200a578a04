package dev.darkroom.ledger.readers;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two small pools beside the main one, on which jobs are accepted, claimed, rescued and ended:
 * readers wait for other readers only, and nothing else waits for a reader.
 */
public final class ReadPools implements AutoCloseable {
  private final JdbcClient lookups;
  private final JdbcClient searches;
  private final List<ReadPool> pools;

  private ReadPools(JdbcClient lookups, JdbcClient searches, List<ReadPool> pools) {
    this.lookups = lookups;
    this.searches = searches;
    this.pools = pools;
  }

  /** Beside this pool; a data source that is not a pool is used directly. */
  static ReadPools beside(DataSource database, ReadPoolSettings settings) {
    try {
      var pool = database.unwrap(HikariDataSource.class);
      var lookups = ReadPool.beside(pool, "ledger-lookups", settings.lookups(), settings);
      var searches =
          ReadPool.beside(pool, "ledger-searches", settings.searches(), settings)
              .planningEachExecution();
      return new ReadPools(
          lookups.client(settings), searches.client(settings), List.of(lookups, searches));
    } catch (SQLException e) {
      return none(JdbcClient.create(database));
    }
  }

  /** No pools of their own: readers share the main one. */
  public static ReadPools none(JdbcClient database) {
    return new ReadPools(database, database, List.of());
  }

  /** For queries that cost one or two index lookups, such as those about one job. */
  public JdbcClient lookups() {
    return lookups;
  }

  /** For queries whose cost grows with the result: pages, counts, searches, exports. */
  public JdbcClient searches() {
    return searches;
  }

  /** They reconnect together with the main pool. */
  public Stream<DataSource> sources() {
    return pools.stream().map(DataSource.class::cast);
  }

  @Override
  public void close() {
    pools.forEach(ReadPool::close);
  }
}
