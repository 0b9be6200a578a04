package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.testservers.TestServers;
import dev.darkroom.testservers.TransactionPooler;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A gateway that reaches its database only through PgBouncer, on a port that says nothing. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class TransactionPoolerIT {

  @Test
  void a_gateway_migrates_and_accepts_jobs_through_a_pooler_in_transaction_mode(
      CapturedOutput output) throws Exception {
    assumeTrue(TransactionPooler.isInstalled(), "PgBouncer is not installed here");
    try (var pooler = TransactionPooler.before(TestServers.freshDatabase(), 4);
        var gateway = RunningGateway.start(pooler.database(), TestServers.kafka());
        var clients = Executors.newFixedThreadPool(16)) {
      Callable<Integer> post = () -> gateway.post("{\"prompt\":\"through a pooler\"}").status();
      var posts = clients.invokeAll(IntStream.range(0, 500).mapToObj(_ -> post).toList());
      for (var reply : posts) {
        assertThat(reply.get()).isEqualTo(202);
      }
      for (var i = 0; i < 20; i++) {
        assertThat(gateway.get("/api/logs?userId=anonymous&limit=3").status()).isEqualTo(200);
      }
      assertThat(output)
          .contains("the database is behind a pooler in transaction mode")
          .doesNotContain("prepared statement");
    }
  }
}
