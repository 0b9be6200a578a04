package dev.darkroom.ledger.connection;

import java.sql.Connection;
import java.util.HashSet;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Detects a pooler such as PgBouncer or Supavisor in transaction mode between us and the database.
 * Two of our connections then share a backend, or one of them has several; without such a pooler
 * each has a backend to itself.
 */
final class PoolerProbe {
  /** Fewer than the driver needs before it prepares a statement on the server. */
  private static final int ROUNDS = 3;

  private PoolerProbe() {}

  /** Both connections are used, in transactions of their own, and stay open. */
  static boolean isTransactionPooler(Connection one, Connection other) {
    var first = client(one);
    var second = client(other);
    var backends = new HashSet<Integer>();
    var others = new HashSet<Integer>();
    for (var round = 0; round < ROUNDS; round++) {
      backends.add(backend(first));
      others.add(backend(second));
    }
    return backends.size() > 1 || others.size() > 1 || meet(backends, others);
  }

  private static boolean meet(Set<Integer> some, Set<Integer> others) {
    return some.stream().anyMatch(others::contains);
  }

  private static JdbcClient client(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  private static int backend(JdbcClient client) {
    return client.sql("select pg_backend_pid()").query(Integer.class).single();
  }
}
