package dev.darkroom.worker;

import static dev.darkroom.simulator.Fault.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A minute without Nebius is a wait also for a job that is alone, and so meets every failure itself
 * before the breaker has seen enough. Twenty times as fast as with the settings' defaults; {@code
 * -Ddarkroom.outage.seconds=60} is as fast as those.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LoneJobOutageIT {
  private static final Logger log = LoggerFactory.getLogger(LoneJobOutageIT.class);
  private static final long MILLIS = 1000L * Integer.getInteger("darkroom.outage.seconds", 3);

  @TempDir static Path pictures;
  private static NebiusSimulator nebius;
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws IOException {
    nebius = NebiusSimulator.start(SimulatorSettings.defaults().withApiKey("key"));
    worker = startWorker();
  }

  @AfterAll
  static void stop() throws IOException {
    worker.close();
    nebius.close();
  }

  @ParameterizedTest
  @CsvSource({"503, 0", "522, 0", "529, 0", "408, 4", "520, 4"})
  void it_is_completed_after_an_outage(int status, int mayCount) {
    var gateway = new TestingGateway(worker);
    var callsBefore = nebius.bill().calls().size();
    var billedBefore = nebius.bill().total();
    nebius.everyCall().meet(answer(status));
    var begun = System.nanoTime();
    var id = gateway.submit("Alone with " + status);
    await()
        .atMost(Duration.ofMillis(MILLIS * 2 + 10_000))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          gateway.publishDue();
          return System.nanoTime() - begun > MILLIS * 1_000_000;
        });
    var during = nebius.bill().calls().size() - callsBefore;
    nebius.clearFaults();
    var job =
        await()
            .atMost(Duration.ofMillis(MILLIS * 3 + 10_000))
            .pollInterval(Duration.ofMillis(100))
            .until(
                () -> {
                  gateway.publishDue();
                  return gateway.job(id);
                },
                it -> it.status().isTerminal());

    var counted =
        job.steps().stream()
            .map(step -> step.details())
            .filter(details -> details != null && Boolean.TRUE.equals(details.get("counts")))
            .count();
    log.atInfo()
        .addKeyValue("status", status)
        .addKeyValue("ended", job.status())
        .addKeyValue("calls_during", during)
        .addKeyValue("calls", nebius.bill().calls().size() - callsBefore)
        .addKeyValue("counted", counted)
        .addKeyValue("after_ms", (System.nanoTime() - begun) / 1_000_000)
        .log("a lone job through an outage");
    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(counted).isLessThanOrEqualTo(mayCount);
    assertThat(nebius.bill().total() - billedBefore).isEqualTo(1);
  }

  private static ConfigurableApplicationContext startWorker() {
    return WorkerFixture.start(
        WorkerFixture.database(),
        nebius.baseUri(),
        pictures,
        "NEBIUS_API_KEY=key",
        "darkroom.backoff.base=" + MILLIS / 60 + "ms",
        "darkroom.backoff.cap=" + MILLIS + "ms",
        "darkroom.nebius.breaker.probe-after=" + MILLIS / 6 + "ms");
  }
}
