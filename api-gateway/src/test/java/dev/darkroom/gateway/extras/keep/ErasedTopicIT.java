package dev.darkroom.gateway.extras.keep;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestServers;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an erasure leaves on Kafka goes with its records, whose 25 hours are half a second here. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ErasedTopicIT {
  private static final String PROMPT = "the burial place of the fourth sister";

  /** Kafka looks for old records every five minutes, and removes their files a minute later. */
  private static final Map<String, String> WITHOUT_DELAY =
      Map.of(
          "log.initial.task.delay.ms", "100",
          "log.retention.check.interval.ms", "200",
          "log.segment.delete.delay.ms", "100");

  @Test
  void no_file_of_the_broker_has_the_prompt_once_the_records_are_old(@TempDir Path folder)
      throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0, List.of(), WITHOUT_DELAY);
        var gateway =
            RunningGateway.start(TestServers.freshDatabase(), broker.bootstrapServers())) {
      for (var i = 0; i < 10; i++) {
        gateway.post("{\"prompt\":\"%s\",\"userId\":\"agnes\"}".formatted(PROMPT));
      }
      await().until(() -> isInAFileOf(folder));

      var begun =
          gateway.send(
              gateway
                  .request("/api/operations/erase")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{\"userId\":\"agnes\",\"reason\":\"Asked.\"}")));
      await()
          .until(() ->
              gateway.get(begun.header("Location")).text("/erasure/status").equals("completed"));
      assertThat(isInAFileOf(folder)).as("records are as old as their topic keeps them").isTrue();
      keepRecordsFor(broker, Duration.ofMillis(500));

      await().atMost(Duration.ofSeconds(30)).until(() -> !isInAFileOf(folder));
      assertThat(gateway.post("{\"prompt\":\"another\"}").status()).isEqualTo(202);
    }
  }

  private static void keepRecordsFor(EmbeddedKafkaBroker broker, Duration age)
      throws InterruptedException, ExecutionException {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.JOBS);
    var retention = new ConfigEntry("retention.ms", String.valueOf(age.toMillis()));
    try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(retention, OpType.SET))))
          .all()
          .get();
    }
  }

  private static boolean isInAFileOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        if (contains(file)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean contains(Path file) throws IOException {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1).contains(PROMPT);
    } catch (NoSuchFileException e) { // just removed
      return false;
    }
  }
}
