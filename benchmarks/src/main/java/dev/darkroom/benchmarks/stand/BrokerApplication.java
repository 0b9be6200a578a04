package dev.darkroom.benchmarks.stand;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import java.io.IOException;
import java.nio.file.Path;

/** The process that {@link Broker} starts. It ends with its parent: then its input does. */
final class BrokerApplication {
  static final String READY = "Kafka listens at ";

  private BrokerApplication() {}

  static void main(String[] arguments) throws IOException {
    try (var broker = EmbeddedKafkaBroker.start(Path.of(arguments[0]), 0, 0)) {
      System.out.println(READY + broker.bootstrapServers());
      System.out.flush();
      while (System.in.read() >= 0) {
        // nothing is said to it
      }
    }
  }
}
