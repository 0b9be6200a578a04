package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.model.Step;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Brokers that are not as we would set them up. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class KafkaAsItIsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LONG = "a long prompt ".repeat(140);

  @TempDir Path folder;

  @Test
  void a_record_too_large_for_its_topic_is_the_failure_of_its_job_alone(CapturedOutput output)
      throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
        var gateway = start(broker);
        var admin = admin(broker)) {
      awaitPublished(gateway, gateway.submit("before"));
      limit(admin, Topics.JOBS, 1_500);

      var good = new ArrayList<String>();
      var large = new ArrayList<String>();
      for (var i = 0; i < 20; i++) {
        good.add(gateway.submit("a short one"));
        large.add(gateway.submit(LONG));
      }

      large.forEach(id -> awaitTooLarge(gateway, id));
      good.forEach(id -> awaitPublished(gateway, id));
      assertThat(gateway.bean(MeterRegistry.class).counter("darkroom.outbox.failures").count())
          .isZero();
      assertThat(output).doesNotContain("Kafka takes no jobs");
      try (var events =
          new TestingConsumer(broker.bootstrapServers(), Topics.EVENTS).fromTheBeginning()) {
        events.awaitKey(large.getFirst());
      }
    }
  }

  @Test
  void so_is_one_that_is_too_large_for_its_producer(CapturedOutput output) throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
        var gateway = start(broker, "--spring.kafka.producer.properties.max.request.size=1500")) {
      var large = gateway.submit(LONG);
      var good = gateway.submit("a short one");

      awaitTooLarge(gateway, large);
      awaitPublished(gateway, good);
      assertThat(output).doesNotContain("Kafka takes no jobs");
      var waited = gateway.post("{\"prompt\":\"" + LONG + "\"}", "Prefer", "wait=20");
      assertThat(waited.text("/error")).contains("larger than the queue takes");
    }
  }

  private static void awaitTooLarge(RunningGateway gateway, String id) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var job = gateway.get("/api/generate/" + id);
          assertThat(job.text("/status")).isEqualTo("failed");
          assertThat(job.text("/error/code")).isEqualTo("record_too_large");
          assertThat(job.text("/error/message")).contains("larger than the queue takes");
        });
  }

  @Test
  void an_event_too_large_for_its_topic_keeps_no_other_waiting(CapturedOutput output)
      throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
        var gateway = start(broker);
        var admin = admin(broker)) {
      awaitPublished(gateway, gateway.submit("before"));
      limit(admin, Topics.EVENTS, 2_500);
      var worker = TestingWorker.of(gateway);

      var large = gateway.submit("a fox");
      var ended =
          gateway
              .bean(OutcomeStore.class)
              .failIfCurrent(
                  worker.claim(large),
                  Step.NEBIUS_API_ERROR,
                  "rejected",
                  "no ".repeat(2_000),
                  Map.of())
              .orElseThrow();
      worker.events().publish(ended);
      var others = IntStream.range(0, 20).mapToObj(_ -> gateway.submit("a hare")).toList();
      others.forEach(worker::complete);

      others.forEach(
          id -> await().atMost(PATIENCE).until(() -> isSo(gateway, id, "state is null")));
      await()
          .atMost(PATIENCE)
          .until(() -> isSo(gateway, large, "publish_after > now() + interval '50 minutes'"));
      assertThat(output)
          .contains("completion events are larger than their topic allows")
          .doesNotContain("Kafka takes no completion events");
      assertThat(gateway.get("/api/generate/" + large).text("/status")).isEqualTo("failed");
    }
  }

  @Test
  void completion_events_that_were_lost_with_their_topic_are_sent_again() throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
        var gateway =
            start(
                broker,
                "--darkroom.kafka.check-topics-every=200ms",
                "--darkroom.outbox.look-for-lost=200ms");
        var admin = admin(broker)) {
      var worker = TestingWorker.of(gateway);
      var ids = IntStream.range(0, 30).mapToObj(_ -> gateway.submit("a hare")).toList();
      ids.forEach(worker::complete);
      ids.forEach(id -> await().atMost(PATIENCE).until(() -> isSo(gateway, id, "state is null")));

      admin.deleteTopics(Set.of(Topics.EVENTS)).all().get();
      await()
          .atMost(PATIENCE)
          .until(() -> admin.listTopics().names().get().contains(Topics.EVENTS));

      try (var events =
          new TestingConsumer(broker.bootstrapServers(), Topics.EVENTS).fromTheBeginning()) {
        ids.forEach(events::awaitKey);
      }
    }
  }

  @Test
  void a_missing_right_to_write_is_named_once_in_log_and_health(CapturedOutput output)
      throws Exception {
    var withRights =
        Map.of(
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found",
            "true");
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0, List.of(), withRights);
        var admin = admin(broker)) {
      var topic = new ResourcePattern(ResourceType.TOPIC, Topics.JOBS, PatternType.LITERAL);
      var denied = acl(topic, AclOperation.WRITE, AclPermissionType.DENY);
      var others = acl(topic, AclOperation.ALL, AclPermissionType.ALLOW);
      admin.createAcls(List.of(denied, others)).all().get();
      try (var gateway = start(broker)) {
        var id = gateway.submit("a fox");

        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(gateway.send(gateway.managementRequest("/actuator/health")).body())
                    .contains("topic generation.jobs")
                    .contains("WRITE"));
        await()
            .during(Duration.ofSeconds(5))
            .atMost(Duration.ofSeconds(8))
            .untilAsserted(
                () -> assertThat(output.getOut().split("Kafka takes no jobs", -1)).hasSize(2));
        assertThat(gateway.send(gateway.managementRequest("/actuator/health/readiness")).status())
            .isEqualTo(200);

        admin.deleteAcls(List.of(denied.toFilter())).all().get();

        awaitPublished(gateway, id);
        assertThat(gateway.send(gateway.managementRequest("/actuator/health")).status())
            .isEqualTo(200);
      }
    }
  }

  private static AclBinding acl(
      ResourcePattern resource, AclOperation operation, AclPermissionType permission) {
    return new AclBinding(
        resource, new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
  }

  private static RunningGateway start(EmbeddedKafkaBroker broker, String... arguments) {
    return RunningGateway.start(TestServers.freshDatabase(), broker.bootstrapServers(), arguments);
  }

  private static Admin admin(EmbeddedKafkaBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void limit(Admin admin, String topic, int bytes) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var entry = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
    admin
        .incrementalAlterConfigs(
            Map.of(resource, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private static void awaitPublished(RunningGateway gateway, String id) {
    await().atMost(PATIENCE).until(() -> isSo(gateway, id, "enqueued_at is not null"));
  }

  private static boolean isSo(RunningGateway gateway, String id, String condition) {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            "select "
                + condition
                + " from generation_jobs job left join generation_queue using (request_id) where request_id = :id")
        .param("id", UUID.fromString(id))
        .query(Boolean.class)
        .single();
  }
}
