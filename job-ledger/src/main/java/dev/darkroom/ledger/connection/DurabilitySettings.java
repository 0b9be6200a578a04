package dev.darkroom.ledger.connection;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Settings of the database without which a commit is not durable. Where one is off, jobs that were
 * accepted can be lost in a crash.
 */
final class DurabilitySettings {
  private DurabilitySettings() {}

  /** Those that are off for this login. */
  static List<String> off(JdbcClient database) {
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
