package dev.darkroom.ledger.connection;

import java.sql.Connection;
import java.util.Collections;
import java.util.HashSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Detects a pooler such as PgBouncer or Supavisor in transaction mode between us and the database.
 * Two of our connections then share a backend, or one of them has several; without such a pooler
 * each has a backend to itself.
 */
final class PoolerProbe {
  private PoolerProbe() {}

  /**
   * Both connections are used, in transactions of their own, and stay open; neither may prepare
   * statements. The order in which they take turns also shows a pooler that hands out its backends
   * in turn, and they do so three times, because a busy pooler hands them out at random.
   */
  static boolean isTransactionPooler(Connection one, Connection other) {
    var first = client(one);
    var second = client(other);
    var backends = new HashSet<Integer>();
    var others = new HashSet<Integer>();
    for (var round = 0; round < 3; round++) {
      backends.add(backend(first));
      others.add(backend(second));
      others.add(backend(second));
      backends.add(backend(first));
    }
    return backends.size() > 1 || others.size() > 1 || !Collections.disjoint(backends, others);
  }

  private static JdbcClient client(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  private static int backend(JdbcClient client) {
    return client.sql("select pg_backend_pid()").query(Integer.class).single();
  }
}
