package dev.darkroom.testservers;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine may answer and still not be able to run our images, for example because it reaches no
 * registry. That is no reason for a test to fail where the embedded server would do.
 */
record ContainersIfTheyStart(ServerSource containers, ServerSource embedded)
    implements ServerSource {
  private static final Logger log = LoggerFactory.getLogger(ContainersIfTheyStart.class);

  @Override
  public PostgresServer startPostgres() {
    try {
      return containers.startPostgres();
    } catch (RuntimeException e) {
      log.warn("no PostgreSQL container starts; the embedded server takes its place", e);
      return embedded.startPostgres();
    }
  }

  @Override
  public String startKafka() {
    try {
      return containers.startKafka();
    } catch (RuntimeException e) {
      log.warn("no Kafka container starts; the embedded broker takes its place", e);
      return embedded.startKafka();
    }
  }
}
