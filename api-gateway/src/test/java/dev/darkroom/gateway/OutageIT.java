package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.embedded.EmbeddedPostgresServer;
import dev.darkroom.model.Topics;
import dev.darkroom.testservers.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OutageIT {
  @TempDir Path kafkaFolder;
  @TempDir Path postgresFolder;

  /** One test, because each of its servers takes seconds to start. */
  @Test
  void without_kafka_jobs_are_accepted_and_published_later_and_without_the_ledger_clients_are_told()
      throws IOException {
    var kafka = EmbeddedKafkaBroker.start(kafkaFolder, 0, 0);
    var port = kafka.port();
    var controllerPort = kafka.controllerPort();
    var postgres = EmbeddedPostgresServer.start(postgresFolder, 0);
    var database = new TestDatabase(postgres.jdbcUrl(), postgres.username(), postgres.password());
    try (var gateway =
        RunningGateway.start(
            database,
            kafka.bootstrapServers(),
            "--darkroom.ledger.publish-reservation=1s",
            "--spring.kafka.producer.properties.max.block.ms=1000",
            "--spring.kafka.producer.properties.request.timeout.ms=1000",
            "--spring.kafka.producer.properties.delivery.timeout.ms=1000")) {
      awaitPublished(gateway, gateway.submit("before"));

      kafka.close();
      var accepted = new ArrayList<String>();
      for (var i = 0; i < 50; i++) {
        var reply = gateway.post("{\"prompt\":\"during the outage\"}");
        assertThat(reply.status()).isEqualTo(202);
        accepted.add(reply.text("/requestId"));
      }
      assertThat(gateway.send(gateway.managementRequest("/actuator/health/readiness")).status())
          .isEqualTo(200);
      // only then does the sweep, and not the producer's own patience, bring them to Kafka
      var failures = gateway.bean(MeterRegistry.class).counter("darkroom.outbox.failures");
      await().until(() -> failures.count() > 0);

      try (var again = EmbeddedKafkaBroker.start(kafkaFolder, port, controllerPort);
          var jobs = new TestingConsumer(again.bootstrapServers(), Topics.JOBS)) {
        jobs.awaitKey(accepted.getLast());
        accepted.forEach(id -> awaitPublished(gateway, id));
        theLedgerGoesAway(gateway, postgres);
      }
    }
  }

  private void theLedgerGoesAway(RunningGateway gateway, EmbeddedPostgresServer postgres)
      throws IOException {
    var known = gateway.submit("known");
    postgres.close();
    var began = System.nanoTime();
    var reply = gateway.post("{\"prompt\":\"nowhere to keep it\"}");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Retry-After")).isEqualTo("5");
    assertThat(reply.text("/error")).contains("GET /api/generate/" + reply.text("/requestId"));
    BadInputIT.assertIsProblem(reply);
    assertThat(reply.body()).doesNotContainIgnoringCase("sql").doesNotContain("Exception");
    for (var path :
        new String[] {
          "/api/logs", "/api/logs?q=known", "/api/logs/export?format=csv", "/api/generate/" + known
        }) {
      var unanswered = gateway.get(path);
      assertThat(unanswered.status()).isEqualTo(503);
      assertThat(unanswered.header("Retry-After")).isEqualTo("5");
    }
    assertThat(gateway.get("/api/logs?limit=x").status()).isEqualTo(400);
    assertThat(gateway.send(gateway.managementRequest("/actuator/health/readiness")).status())
        .isEqualTo(503);
    assertThat(gateway.send(gateway.managementRequest("/actuator/health/liveness")).status())
        .isEqualTo(200);
  }

  private static void awaitPublished(RunningGateway gateway, String id) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            gateway
                .bean(JdbcClient.class)
                .sql("select enqueued_at is not null from generation_queue where request_id = :id")
                .param("id", UUID.fromString(id))
                .query(Boolean.class)
                .single());
  }
}
