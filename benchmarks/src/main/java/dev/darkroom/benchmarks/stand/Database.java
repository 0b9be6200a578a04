package dev.darkroom.benchmarks.stand;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A migrated database of one measure.
 *
 * @param url for JDBC, without the login
 */
public record Database(String url, String user, String password) {
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  /** As gateway and worker take it. */
  String withLogin() {
    return "%s?user=%s&password=%s".formatted(url, user, password);
  }

  public void execute(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A question whose answer is one number. */
  public double ask(String sql, Object... parameters) throws SQLException {
    try (var connection = connect()) {
      return ask(connection, sql, parameters);
    }
  }

  public static double ask(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getDouble(1);
      }
    }
  }
}
