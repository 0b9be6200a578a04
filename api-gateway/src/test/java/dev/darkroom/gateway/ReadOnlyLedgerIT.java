package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that takes no writes: a standby after a failover, or one whose disk is full. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class ReadOnlyLedgerIT {

  @Test
  void clients_hear_the_truth_the_log_a_handful_of_lines_and_it_passes_by_itself(
      CapturedOutput output) throws Exception {
    var database = TestServers.freshDatabase();
    try (var gateway = RunningGateway.start(database, TestServers.kafka())) {
      var before = gateway.submit("before");
      assertThat(readiness(gateway)).isEqualTo(200);

      database.refuseWrites();
      database.endSessions();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> gateway.post("{\"prompt\":\"a\"}").text("/code").equals("ledger_read_only"));
      var begin = output.getAll().length();
      for (var headers : List.of(new String[0], new String[] {"Idempotency-Key", "k"})) {
        for (var i = 0; i < 50; i++) {
          var reply = gateway.post("{\"prompt\":\"refused\"}", headers);
          assertThat(reply.status()).isEqualTo(503);
          assertThat(reply.header("Retry-After")).isEqualTo("5");
          assertThat(reply.text("/code")).isEqualTo("ledger_read_only");
          assertThat(reply.text("/error")).contains("read-only").contains("was not accepted");
          BadInputIT.assertIsProblem(reply);
        }
      }
      assertThat(gateway.get("/api/generate/" + before).status()).isEqualTo(200);
      assertThat(readiness(gateway)).isEqualTo(503);
      assertThat(gateway.send(gateway.managementRequest("/actuator/health")).body())
          .contains("the database is read-only");
      await().pollDelay(Duration.ofSeconds(6)).until(() -> readiness(gateway) == 503);
      assertThat(output.getAll().substring(begin).lines().count())
          .as(() -> output.getAll().substring(begin))
          .isLessThan(10);

      database.takeWritesAgain();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> gateway.post("{\"prompt\":\"after\"}").status() == 202);
      await().atMost(Duration.ofSeconds(30)).until(() -> readiness(gateway) == 200);
      assertThat(
              gateway
                  .bean(JdbcClient.class)
                  .sql(
                      "select count(*) from generation_jobs where request ->> 'prompt' = 'refused'")
                  .query(Long.class)
                  .single())
          .isZero();
    }
  }

  private static int readiness(RunningGateway gateway) {
    return gateway.send(gateway.managementRequest("/actuator/health/readiness")).status();
  }
}
