package dev.darkroom.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker and controller in this JVM, with share groups. Its records stay in its
 * folder, also when the JVM is killed; it listens on 127.0.0.1 only and creates no topic unasked.
 *
 * <p>At INFO it prints some 2,400 lines: set the loggers {@code kafka}, {@code org.apache.kafka}
 * and {@code state.change.logger} to WARN. A broker that can no longer write to its folder halts
 * the JVM, as Kafka always does.
 */
public final class EmbeddedKafkaBroker implements AutoCloseable {
  /** A stop takes two seconds; one that never ends must not hang the process. */
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);

  private final KafkaRaftServer server;
  private final DirectoryLock lock;
  private final int port;
  private final int controllerPort;

  private EmbeddedKafkaBroker(
      KafkaRaftServer server, DirectoryLock lock, int port, int controllerPort) {
    this.server = server;
    this.lock = lock;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /**
   * Starts the broker and waits until it answers: 2 to 4 s.
   *
   * @param directory its folder; made if missing, kept afterwards
   * @param port the clients' port, or 0 for any free one
   * @param controllerPort the port on which broker and controller talk, or 0 for any free one
   * @throws PortInUseException if something else listens on one of the ports
   * @throws IOException if it does not start, for example because another process uses the folder
   */
  public static EmbeddedKafkaBroker start(Path directory, int port, int controllerPort)
      throws IOException {
    return start(directory, port, controllerPort, List.of());
  }

  /**
   * The same with further ports, for clients that are to reach the broker through a proxy.
   *
   * @throws PortInUseException if something else listens on one of the ports
   * @throws IOException if it does not start
   */
  public static EmbeddedKafkaBroker start(
      Path directory, int port, int controllerPort, List<SideDoor> sideDoors) throws IOException {
    return start(directory, port, controllerPort, sideDoors, Map.of());
  }

  /**
   * The same with further settings of the broker, such as an authorizer.
   *
   * @throws PortInUseException if something else listens on one of the ports
   * @throws IOException if it does not start
   */
  public static EmbeddedKafkaBroker start(
      Path directory,
      int port,
      int controllerPort,
      List<SideDoor> sideDoors,
      Map<String, String> settings)
      throws IOException {
    int claimed = LoopbackPort.claim(port, "Kafka");
    int claimedByController = LoopbackPort.claim(controllerPort, "Kafka's controller");
    for (SideDoor door : sideDoors) {
      LoopbackPort.claim(door.port(), "Kafka's door " + door.name());
    }
    Path folder = directory.toAbsolutePath();
    // Kafka's own lock comes too late: its controller has written to the folder by then.
    DirectoryLock lock = DirectoryLock.take(folder);
    try {
      formatOnce(folder);
      var properties =
          new HashMap<>(BrokerProperties.of(folder, claimed, claimedByController, sideDoors));
      properties.putAll(settings);
      KafkaRaftServer server = launch(new KafkaConfig(properties, false));
      return new EmbeddedKafkaBroker(server, lock, claimed, claimedByController);
    } catch (Exception e) {
      lock.close();
      throw new IOException("Kafka did not start in %s: %s".formatted(folder, e), e);
    }
  }

  public String bootstrapServers() {
    return LoopbackPort.HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  public int controllerPort() {
    return controllerPort;
  }

  /**
   * Flushes the logs and stops.
   *
   * @throws IOException if it has not stopped after a minute; its threads are left behind
   */
  @Override
  public void close() throws IOException {
    try (lock) {
      Thread stopping = Thread.ofPlatform().daemon().name("stop-kafka").start(() -> stop(server));
      if (!stopping.join(STOP_TIMEOUT)) {
        throw new IOException("Kafka has not stopped after " + STOP_TIMEOUT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while Kafka stopped", e);
    }
  }

  private static void stop(KafkaRaftServer server) {
    server.shutdown();
    server.awaitShutdown();
  }

  private static KafkaRaftServer launch(KafkaConfig config) {
    var server = new KafkaRaftServer(config, Time.SYSTEM);
    try {
      server.startup();
      return server;
    } catch (Throwable e) {
      // Kafka leaves its threads and the lock on its folder behind.
      stop(server);
      throw e;
    }
  }

  /** What {@code kafka-storage format} does; it writes {@code meta.properties} last. */
  private static void formatOnce(Path directory) throws Exception {
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(BrokerProperties.NODE_ID)
        .setControllerListenerName(BrokerProperties.CONTROLLER_LISTENER)
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .run();
  }
}
