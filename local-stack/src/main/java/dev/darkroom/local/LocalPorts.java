package dev.darkroom.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports that the stack will listen on, looked at before anything is started. */
final class LocalPorts {
  private static final String PREFIX = "darkroom.local.";

  private LocalPorts() {}

  /**
   * Looks at every port of what will be started here, but for PostgreSQL's: a server that a killed
   * stack left behind may listen there, and is stopped when ours starts.
   *
   * @throws StartupException naming the first that is taken, who wants it and how to choose another
   */
  static void requireFree(LocalEnvironment environment, LocalSettings settings) {
    requireFree(settings.gatewayPort(), "the gateway", "gateway-port");
    requireFree(settings.managementPort(), "the gateway's management", "management-port");
    if (environment.real("KAFKA_BOOTSTRAP_SERVERS").isEmpty()) {
      requireFree(settings.kafkaPort(), "Kafka", "kafka-port");
      requireFree(settings.kafkaControllerPort(), "Kafka's controller", "kafka-controller-port");
    }
    if (environment.isNebiusSimulated()) {
      requireFree(settings.simulatorPort(), "the Nebius simulator", "simulator-port");
    }
  }

  private static void requireFree(int port, String wantedBy, String setting) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true); // a connection of the last run that lingers is no listener
      socket.bind(new InetSocketAddress(port));
    } catch (IOException e) {
      throw taken(port, wantedBy, setting, e);
    }
  }

  static StartupException taken(int port, String wantedBy, String setting, IOException cause) {
    return new StartupException(
        "port %d is in use, but %s needs it; stop the process that uses it, or choose another port with the setting %s (environment variable %s)"
            .formatted(port, wantedBy, PREFIX + setting, inEnvironment(PREFIX + setting)),
        cause);
  }

  private static String inEnvironment(String setting) {
    return setting.replace("-", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }
}
