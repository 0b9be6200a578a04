package dev.darkroom.system.stack;

import static org.awaitility.Awaitility.await;

import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.SystemProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/** A Spring Boot application of ours that runs as its jar. */
public sealed interface TestedApplication permits TestedGateway, TestedWorker {
  /** Some seconds, unless the machine is busy with other things. */
  Duration START = Duration.ofMinutes(3);

  SystemProcess process();

  /** Where its health is asked for. */
  int managementPort();

  default String name() {
    return process().name();
  }

  /** Waits until it says that it is ready. */
  default void awaitReady() {
    await(name() + " is ready")
        .atMost(START)
        .pollInterval(Duration.ofMillis(100))
        .until(this::isReady);
  }

  default boolean isReady() {
    try {
      if (!process().isAlive()) {
        throw new IllegalStateException(
            "%s ended by itself; see %s".formatted(name(), process().log()));
      }
      var url =
          URI.create(
                  "http://"
                      + FreePorts.HOST
                      + ":"
                      + managementPort()
                      + "/actuator/health/readiness")
              .toURL();
      var connection = (HttpURLConnection) url.openConnection();
      connection.setConnectTimeout(500);
      connection.setReadTimeout(2_000);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
