package dev.darkroom.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.Topics;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class TopicInitializerIT {
  private static final Set<String> TOPICS = Set.of(Topics.JOBS, Topics.EVENTS);
  private static final MessagingSettings SETTINGS =
      new MessagingSettings((short) -1, 1, 3, Duration.ofDays(2), Duration.ofMillis(100));

  private @Nullable BackgroundLoop loop;

  @AfterEach
  void stop() {
    if (loop != null) {
      loop.stop();
    }
  }

  @Test
  void topics_are_created_when_kafka_comes_and_again_when_it_has_lost_them(
      @TempDir Path folder, CapturedOutput output) throws Exception {
    var port = freePort();
    var kept = keep("127.0.0.1:" + port);
    await().untilAsserted(() -> assertThat(output).contains("topics can't be created"));

    try (var _ = EmbeddedKafkaBroker.start(folder, port, 0);
        var admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
      awaitTopics(admin);
      var topics = admin.describeTopics(TOPICS).allTopicNames().get();
      assertThat(partitions(topics, Topics.JOBS)).isEqualTo(1);
      assertThat(partitions(topics, Topics.EVENTS)).isEqualTo(3);
      assertThat(retention(admin, Topics.EVENTS)).isEqualTo("172800000");
      assertThat(retention(admin, Topics.JOBS)).as("25 h").isEqualTo("90000000");

      var id = Objects.requireNonNull(topics.get(Topics.JOBS)).topicId().toString();
      await().untilAsserted(() -> assertThat(kept.jobsTopicId()).contains(id));

      admin.deleteTopics(TOPICS).all().get();
      awaitTopics(admin);
      await()
          .untilAsserted(() -> assertThat(kept.jobsTopicId()).isPresent().get().isNotEqualTo(id));

      admin.deleteTopics(Set.of(Topics.JOBS)).all().get();
      awaitTopics(admin);
      assertThat(output.getOut().split("topics can't be created", -1)).hasSize(2);
    }
  }

  @Test
  void the_topic_of_jobs_gets_more_partitions_and_never_fewer(@TempDir Path folder)
      throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
        var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      keep(broker.bootstrapServers());
      awaitTopics(admin);
      stop();

      var raised = keep(broker.bootstrapServers(), withJobPartitions(6));
      await().until(() -> partitions(describe(admin), Topics.JOBS) == 6);
      await().until(raised::present);
      stop();

      var fewer = keep(broker.bootstrapServers(), withJobPartitions(2));
      await().until(fewer::present);
      assertThat(partitions(describe(admin), Topics.JOBS)).isEqualTo(6);
      assertThat(partitions(describe(admin), Topics.EVENTS)).isEqualTo(3);
    }
  }

  private static MessagingSettings withJobPartitions(int partitions) {
    return new MessagingSettings(
        (short) -1, partitions, 3, Duration.ofDays(2), Duration.ofMillis(100));
  }

  private static Map<String, TopicDescription> describe(Admin admin) throws Exception {
    return admin.describeTopics(TOPICS).allTopicNames().get();
  }

  @Test
  void a_name_that_can_not_be_resolved_yet_is_asked_for_again(CapturedOutput output) {
    var topics = keep("no-such-host.invalid:9092");

    await().untilAsserted(() -> assertThat(output).contains("topics can't be created"));

    assertThat(topics.present()).isFalse();
    assertThat(output).doesNotContain("Exception in thread");
  }

  private TopicInitializer keep(String bootstrapServers) {
    return keep(bootstrapServers, SETTINGS);
  }

  private TopicInitializer keep(String bootstrapServers, MessagingSettings settings) {
    var topics =
        new TopicInitializer(
            new BootstrapServers(List.of(bootstrapServers)),
            Map.of("bootstrap.servers", bootstrapServers),
            settings,
            new KafkaHealth(InstantSource.system()));
    loop = new BackgroundLoop("keep-topics", settings.checkTopicsEvery(), topics);
    loop.start();
    return topics;
  }

  private static void awaitTopics(Admin admin) {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(() -> admin.describeTopics(TOPICS).allTopicNames().get().size() == 2);
  }

  private static int partitions(Map<String, TopicDescription> topics, String name) {
    return topics.values().stream()
        .filter(topic -> topic.name().equals(name))
        .mapToInt(topic -> topic.partitions().size())
        .sum();
  }

  private static String retention(Admin admin, String topic) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return admin.describeConfigs(List.of(resource)).all().get().values().stream()
        .map(config -> config.get("retention.ms").value())
        .collect(Collectors.joining());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
