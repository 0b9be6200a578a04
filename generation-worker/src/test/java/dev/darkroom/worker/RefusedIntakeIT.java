package dev.darkroom.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Topics;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** What a worker does whose broker refuses it, and what it says. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class RefusedIntakeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Map<String, String> WITH_RIGHTS =
      Map.of(
          "authorizer.class.name",
          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "allow.everyone.if.no.acl.found",
          "true");

  @TempDir Path kafka;
  @TempDir Path pictures;

  @Test
  void a_broker_without_share_groups_is_named_once_with_its_cure_and_mended_without_a_restart(
      CapturedOutput output) throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(kafka, 0, 0);
        var admin = admin(broker);
        var nebius = NebiusSimulator.start(SimulatorSettings.defaults())) {
      shareGroups(admin, 0);
      try (var worker = startWorker(broker, nebius, "share")) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(health(worker, ""))
                    .contains("darkroom.intake.mode=classic")
                    .contains("share.version=1"));
        assertThat(health(worker, "/readiness")).contains("OUT_OF_SERVICE");
        staysQuiet(output, "gets no jobs from Kafka");
        assertThat(output.getOut().split("darkroom.intake.mode=classic", -1)).hasSize(2);

        shareGroups(admin, 1);

        awaitCompletion(new TestingGateway(worker), "A wren");
        assertThat(health(worker, "/readiness")).contains("UP").doesNotContain("OUT_OF_SERVICE");
        assertThat(health(worker, "")).doesNotContain("share.version");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"share", "classic"})
  void a_missing_right_is_named_once_and_its_grant_needs_no_restart(
      String mode, CapturedOutput output) throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(kafka, 0, 0, List.of(), WITH_RIGHTS);
        var admin = admin(broker);
        var nebius = NebiusSimulator.start(SimulatorSettings.defaults())) {
      var group = mode.equals("share") ? Topics.WORKERS : Topics.CLASSIC_WORKERS;
      var denied =
          new AclBinding(
              new ResourcePattern(ResourceType.GROUP, group, PatternType.LITERAL),
              new AccessControlEntry(
                  "User:ANONYMOUS", "*", AclOperation.READ, AclPermissionType.DENY));
      var others =
          new AclBinding(
              new ResourcePattern(ResourceType.GROUP, group, PatternType.LITERAL),
              new AccessControlEntry(
                  "User:ANONYMOUS", "*", AclOperation.ALL, AclPermissionType.ALLOW));
      admin.createAcls(List.of(denied, others)).all().get();
      try (var worker = startWorker(broker, nebius, mode)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(health(worker, "")).contains("group " + group).contains("READ"));
        staysQuiet(output, "gets no jobs from Kafka");

        admin.deleteAcls(List.of(denied.toFilter())).all().get();

        awaitCompletion(new TestingGateway(worker), "A shrike");
        assertThat(health(worker, "")).doesNotContain("it needs the right");
      }
    }
  }

  @Test
  void a_topic_that_may_not_be_read_is_named_once(CapturedOutput output) throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(kafka, 0, 0, List.of(), WITH_RIGHTS);
        var admin = admin(broker);
        var nebius = NebiusSimulator.start(SimulatorSettings.defaults())) {
      var topic = new ResourcePattern(ResourceType.TOPIC, Topics.JOBS, PatternType.LITERAL);
      var denied =
          new AclBinding(
              topic,
              new AccessControlEntry(
                  "User:ANONYMOUS", "*", AclOperation.READ, AclPermissionType.DENY));
      var others =
          new AclBinding(
              topic,
              new AccessControlEntry(
                  "User:ANONYMOUS", "*", AclOperation.ALL, AclPermissionType.ALLOW));
      admin.createAcls(List.of(denied, others)).all().get();
      try (var worker = startWorker(broker, nebius, "share")) {
        var gateway = new TestingGateway(worker);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(health(worker, "")).contains("topic " + Topics.JOBS).contains("READ"));
        staysQuiet(output, "gets no jobs from Kafka");

        admin.deleteAcls(List.of(denied.toFilter())).all().get();

        awaitCompletion(gateway, "A kestrel");
      }
    }
  }

  private static void awaitCompletion(TestingGateway gateway, String prompt) {
    RequestId id = gateway.submit(prompt);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(gateway.job(id).status()).isEqualTo(JobStatus.COMPLETED));
  }

  /** Through a further try, which comes every five seconds. */
  private static void staysQuiet(CapturedOutput output, String line) {
    await()
        .during(Duration.ofSeconds(6))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(output.getOut().split(line, -1)).hasSize(2);
          assertThat(output.getOut().lines())
              .as("what the worker says; the broker is in this process, too")
              .noneMatch(said ->
                  said.contains("background loop failed") || said.contains("\tat dev.darkroom"));
        });
  }

  private static void shareGroups(Admin admin, int version) throws Exception {
    var type = version == 0 ? UpgradeType.SAFE_DOWNGRADE : UpgradeType.UPGRADE;
    admin
        .updateFeatures(
            Map.of("share.version", new FeatureUpdate((short) version, type)),
            new org.apache.kafka.clients.admin.UpdateFeaturesOptions())
        .all()
        .get();
  }

  private static Admin admin(EmbeddedKafkaBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static String health(ConfigurableApplicationContext worker, String group)
      throws Exception {
    var port = worker.getEnvironment().getProperty("local.server.port");
    var address = URI.create("http://127.0.0.1:" + port + "/actuator/health" + group);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
        .body();
  }

  private ConfigurableApplicationContext startWorker(
      EmbeddedKafkaBroker broker, NebiusSimulator nebius, String mode) {
    return WorkerFixture.start(
        WorkerFixture.database(),
        nebius.baseUri(),
        pictures,
        "KAFKA_BOOTSTRAP_SERVERS=" + broker.bootstrapServers(),
        "darkroom.intake.mode=" + mode);
  }
}
