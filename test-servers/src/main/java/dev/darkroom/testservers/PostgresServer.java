package dev.darkroom.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A running PostgreSQL and its superuser. */
record PostgresServer(String host, int port, String username, String password) {
  /** Every PostgreSQL has this database. */
  private static final String MAINTENANCE = "postgres";

  TestDatabase create(String database) {
    TestDatabase maintenance = database(MAINTENANCE);
    try (Connection connection =
            DriverManager.getConnection(
                maintenance.jdbcUrl(), maintenance.username(), maintenance.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + statement.enquoteIdentifier(database, true));
      return database(database);
    } catch (SQLException e) {
      throw new IllegalStateException("could not create the database " + database, e);
    }
  }

  private TestDatabase database(String name) {
    return new TestDatabase(
        "jdbc:postgresql://%s:%d/%s".formatted(host, port, name), username, password);
  }
}
