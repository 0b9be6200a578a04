package dev.darkroom.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The settings of a broker that is alone: nothing to replicate to, nobody to wait for. */
final class BrokerProperties {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** With the defaults of three replicas a share consumer silently receives nothing. */
  private static final Map<String, String> ALONE =
      Map.of(
          "offsets.topic.replication.factor", "1",
          "transaction.state.log.replication.factor", "1",
          "transaction.state.log.min.isr", "1",
          "share.coordinator.state.topic.replication.factor", "1",
          "share.coordinator.state.topic.min.isr", "1",
          "controller.quorum.election.timeout.ms", "100",
          "controller.quorum.election.backoff.max.ms", "50");

  /**
   * Groups take shape in a fraction of a second, and a start after a kill need not sit out the old
   * session (12 s with the defaults). A stop while a share group was being made leaves it half
   * made; with the default the next start would deliver nothing for half a minute.
   */
  private static final Map<String, String> QUICK =
      Map.of(
          "group.initial.rebalance.delay.ms", "0",
          "group.share.min.heartbeat.interval.ms", "500",
          "group.share.heartbeat.interval.ms", "500",
          "group.share.initialize.retry.interval.ms", "1000",
          "broker.session.timeout.ms", "2000",
          "broker.heartbeat.interval.ms", "500");

  /** One client's worth of threads, partitions and buffers. */
  private static final Map<String, String> SMALL =
      Map.of(
          "offsets.topic.num.partitions", "1",
          "transaction.state.log.num.partitions", "1",
          "share.coordinator.state.topic.num.partitions", "1",
          "log.cleaner.dedupe.buffer.size", "4194304",
          "num.network.threads", "2",
          "num.io.threads", "4",
          "background.threads", "2");

  private BrokerProperties() {}

  static Map<String, String> of(
      Path directory, int port, int controllerPort, List<SideDoor> sideDoors) {
    String host = LoopbackPort.HOST;
    var properties = new HashMap<String, String>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(NODE_ID));
    properties.put("controller.quorum.voters", NODE_ID + "@" + host + ":" + controllerPort);
    properties.put("controller.listener.names", CONTROLLER_LISTENER);
    var main = "PLAINTEXT://%s:%d".formatted(host, port);
    properties.put(
        "listeners",
        "%s,%s://%s:%d%s"
            .formatted(
                main,
                CONTROLLER_LISTENER,
                host,
                controllerPort,
                each(sideDoors, door -> ",%s://%s:%d".formatted(door.name(), host, door.port()))));
    properties.put(
        "advertised.listeners",
        main
            + each(
                sideDoors,
                door -> ",%s://%s:%d".formatted(door.name(), host, door.advertisedPort())));
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,%s:PLAINTEXT%s"
            .formatted(
                CONTROLLER_LISTENER, each(sideDoors, door -> "," + door.name() + ":PLAINTEXT")));
    properties.put("inter.broker.listener.name", "PLAINTEXT");
    properties.put("log.dirs", directory.toString());
    properties.put("auto.create.topics.enable", "false");
    properties.putAll(ALONE);
    properties.putAll(QUICK);
    properties.putAll(SMALL);
    return properties;
  }

  private static String each(List<SideDoor> doors, Function<SideDoor, String> text) {
    return doors.stream().map(text).collect(Collectors.joining());
  }
}
