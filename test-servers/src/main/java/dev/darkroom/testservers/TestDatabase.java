package dev.darkroom.testservers;

import java.sql.DriverManager;
import java.sql.SQLException;

/** One database and how to log in to it. */
public record TestDatabase(String jdbcUrl, String username, String password) {

  /** From now on new sessions can read only, as on a replica or on a server whose disk is full. */
  public void refuseWrites() throws SQLException {
    execute(
        """
        do $$
        begin
          execute format('alter database %I set default_transaction_read_only = on', current_database());
        end
        $$
        """);
  }

  public void takeWritesAgain() throws SQLException {
    execute(
        """
        begin read write;
        do $$
        begin
          execute format('alter database %I reset default_transaction_read_only', current_database());
        end
        $$;
        commit
        """);
  }

  /** Ends all sessions but this one's own, so that their clients open others. */
  public void endSessions() throws SQLException {
    execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(jdbcUrl, username, password);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
