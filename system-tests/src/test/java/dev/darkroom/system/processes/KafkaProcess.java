package dev.darkroom.system.processes;

import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.SideDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;

/** The broker; it keeps its ports and, unless told otherwise, its folder. */
public final class KafkaProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);

  private final SystemProcess process;
  private final Path data;
  private final int port;

  public KafkaProcess(Path folder, List<SideDoor> doors) {
    this.data = folder.resolve("kafka");
    this.port = FreePorts.claim();
    var arguments = new ArrayList<>(List.of(data.toString(), "" + port, "" + FreePorts.claim()));
    doors.forEach(door -> arguments.add(KafkaMain.argument(door)));
    this.process =
        new SystemProcess(
            "kafka", JavaCommand.ofClass(KafkaMain.class, arguments), Map.of(), folder);
  }

  public void start() {
    process.start();
    await("Kafka")
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> FreePorts.answers(port));
  }

  public void kill() {
    process.kill();
  }

  /** Kills it and takes all it had. */
  public void killAndForget() throws IOException {
    kill();
    FileUtils.deleteDirectory(data.toFile());
  }

  /** For those who come by no side door. */
  public String bootstrapServers() {
    return FreePorts.HOST + ":" + port;
  }

  @Override
  public void close() {
    process.close();
  }
}
