package dev.darkroom.benchmarks.stand;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The process that {@link Broker} starts. To each byte it answers how many requests it has had;
 * with its input it ends, and so with its parent.
 */
final class BrokerApplication {
  static final String READY = "Kafka listens at ";

  static final String REQUESTS = "Requests so far: ";

  private static final String COUNTS = "kafka.network:type=RequestMetrics,name=RequestsPerSec,*";

  private BrokerApplication() {}

  static void main(String[] arguments) throws IOException, JMException {
    try (var broker = EmbeddedKafkaBroker.start(Path.of(arguments[0]), 0, 0)) {
      System.out.println(READY + broker.bootstrapServers());
      System.out.flush();
      while (System.in.read() >= 0) {
        System.out.println(REQUESTS + requests());
        System.out.flush();
      }
    }
  }

  private static long requests() throws JMException {
    var server = ManagementFactory.getPlatformMBeanServer();
    long requests = 0;
    for (var counter : server.queryNames(new ObjectName(COUNTS), null)) {
      requests += (Long) server.getAttribute(counter, "Count");
    }
    return requests;
  }
}
