package dev.darkroom.local;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the local stack, {@code darkroom.local.*}. A port that is 0 stands for any free one.
 *
 * @param state folder that keeps databases, topics and pictures from one run to the next
 * @param fresh whether to empty it first; also the argument {@code --fresh}
 * @param address on which pages, API, health and metrics are served; servers and worker stay on
 *     loopback
 * @param gatewayPort of the pages and the API; {@code SERVER_PORT} sets it too
 * @param managementPort of the gateway's health and metrics; {@code MANAGEMENT_SERVER_PORT} sets it
 *     too
 * @param simulatorLatency how long the simulator lets a picture take
 */
record LocalSettings(
    @DefaultValue(".darkroom") Path state,
    @DefaultValue("false") boolean fresh,
    @DefaultValue("127.0.0.1") InetAddress address,
    @DefaultValue("8080") int gatewayPort,
    @DefaultValue("8081") int managementPort,
    @DefaultValue("15432") int postgresPort,
    @DefaultValue("19092") int kafkaPort,
    @DefaultValue("19093") int kafkaControllerPort,
    @DefaultValue("18090") int simulatorPort,
    @DefaultValue("1500ms") Duration simulatorLatency) {

  LocalSettings {
    if (simulatorLatency.isNegative()) {
      throw new IllegalArgumentException("darkroom.local.simulator-latency must not be negative");
    }
    requirePort("gateway-port", gatewayPort);
    requirePort("management-port", managementPort);
    requirePort("postgres-port", postgresPort);
    requirePort("kafka-port", kafkaPort);
    requirePort("kafka-controller-port", kafkaControllerPort);
    requirePort("simulator-port", simulatorPort);
  }

  private static void requirePort(String name, int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(
          "darkroom.local." + name + " must be 0 to 65535, and is " + port);
    }
  }
}
