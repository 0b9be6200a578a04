package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kafka in a JVM of its own, so that what it costs can be told apart. */
public final class Broker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ChildProcess process;
  private final String bootstrapServers;

  private Broker(ChildProcess process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  static Broker start(Path folder) throws Exception {
    var process =
        ChildProcess.java(
            "Kafka",
            folder,
            List.of(
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1", // as in docker-compose.yml
                "-cp",
                System.getProperty("java.class.path"),
                BrokerApplication.class.getName(),
                folder.resolve("data").toString()),
            Map.of());
    try {
      Await.until(
          "Kafka has started",
          PATIENCE,
          Duration.ofMillis(50),
          () -> {
            process.requireAlive();
            return process.output().contains(BrokerApplication.READY);
          });
      return new Broker(process, addressIn(process.output()));
    } catch (Exception e) {
      process.close();
      throw e;
    }
  }

  private static String addressIn(String output) throws IOException {
    return output
        .lines()
        .filter(line -> line.startsWith(BrokerApplication.READY))
        .map(line -> line.substring(BrokerApplication.READY.length()))
        .findFirst()
        .orElseThrow(() -> new IOException("Kafka did not say where it listens: " + output));
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** How many requests of any kind it has had, from all its clients. */
  public long requests() throws Exception {
    long answers = answers(process.output());
    var input = process.process().getOutputStream();
    input.write('?');
    input.flush();
    Await.until(
        "Kafka has counted its requests",
        PATIENCE,
        Duration.ofMillis(5),
        () -> answers(process.output()) > answers);
    return process
        .output()
        .lines()
        .filter(line -> line.startsWith(BrokerApplication.REQUESTS))
        .map(line -> line.substring(BrokerApplication.REQUESTS.length()))
        .mapToLong(Long::parseLong)
        .max()
        .orElseThrow();
  }

  private static long answers(String output) {
    return output.lines().filter(line -> line.startsWith(BrokerApplication.REQUESTS)).count();
  }

  public ChildProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
