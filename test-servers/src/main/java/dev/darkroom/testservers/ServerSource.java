package dev.darkroom.testservers;

/** Where servers come from. Each call starts another one, which lives until this JVM ends. */
interface ServerSource {
  /**
   * Starts a server with room for 300 connections.
   *
   * @throws RuntimeException if it does not start
   */
  PostgresServer startPostgres();

  /**
   * Starts a broker with share groups that creates no topic unasked.
   *
   * @return its bootstrap servers
   * @throws RuntimeException if it does not start
   */
  String startKafka();
}
