package dev.darkroom.system.processes;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.embedded.SideDoor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** A Kafka broker as a process of its own. */
final class KafkaMain {
  private KafkaMain() {}

  /**
   * Arguments: folder, port, controller's port, then {@code NAME:port:advertisedPort} for each side
   * door.
   */
  @SuppressWarnings("resource") // ends with the process
  public static void main(String[] arguments) throws Exception {
    var doors = Arrays.stream(arguments).skip(3).map(KafkaMain::door).toList();
    EmbeddedKafkaBroker.start(
        Path.of(arguments[0]),
        Integer.parseInt(arguments[1]),
        Integer.parseInt(arguments[2]),
        doors);
    System.out.println("Kafka is up");
    new CountDownLatch(1).await();
  }

  static String argument(SideDoor door) {
    return door.name() + ":" + door.port() + ":" + door.advertisedPort();
  }

  private static SideDoor door(String argument) {
    var parts = argument.split(":", 3);
    return new SideDoor(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }
}
