package dev.darkroom.testservers;

import java.util.Map;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** Servers in containers of Docker's engine; Testcontainers removes them after this JVM ended. */
final class ContainerServers implements ServerSource {
  private static final String POSTGRES_IMAGE = "postgres:18";
  private static final String KAFKA_IMAGE = "apache/kafka:4.4.0";

  /** A broker that is alone, as the embedded one; its image's defaults expect three. */
  private static final Map<String, String> ALONE =
      Map.of(
          "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1",
          "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1",
          "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS", "1",
          "KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false",
          "KAFKA_GROUP_SHARE_ASSIGNMENT_INTERVAL_MS", "0");

  @Override
  @SuppressWarnings("resource") // lives as long as this JVM
  public PostgresServer startPostgres() {
    var container = new PostgreSQLContainer(POSTGRES_IMAGE);
    container.setCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300");
    container.start();
    return new PostgresServer(
        container.getHost(),
        container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
        container.getUsername(),
        container.getPassword());
  }

  @Override
  @SuppressWarnings("resource") // lives as long as this JVM
  public String startKafka() {
    var container = new KafkaContainer(KAFKA_IMAGE).withEnv(ALONE);
    container.start();
    return container.getBootstrapServers();
  }
}
