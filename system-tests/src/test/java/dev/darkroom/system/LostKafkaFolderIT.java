package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.simulator.Fault;
import dev.darkroom.system.run.ObservedSystem;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LostKafkaFolderIT {
  private static final int JOBS = 60;
  private static final int JOBS_PER_SECOND = 25;
  private static final Duration AFTERWARDS = Duration.ofSeconds(6);

  private final ObservedSystem observed = SharedSystem.get();

  @Test
  void jobs_that_wait_while_Kafka_loses_everything_are_completed_and_so_are_those_that_follow()
      throws Exception {
    var started = Clock.systemUTC().instant();
    var nebius = observed.system().nebius();
    nebius.simulator().everyCall().meet(Fault.answer(503));
    observed.clients().submit(JOBS);
    await("all are accepted").until(() -> observed.clients().underWay() == 0);
    assertThat(observed.ledger().open().orElseThrow()).hasSize(JOBS);

    observed.system().kafka().killAndForget();
    observed.system().kafka().start();
    nebius.heal();
    var restarted = System.nanoTime();
    observed.awaitQuiet(started, Duration.ofSeconds(90));
    System.out.printf(
        "Kafka's folder deleted while %d jobs wait: all ended %d ms after its start%n",
        JOBS, (System.nanoTime() - restarted) / 1_000_000);
    submitForAWhile();
    var evidence = observed.checkPromises(started, Duration.ofSeconds(60));
    assertThat(evidence.jobs())
        .hasSizeGreaterThan(JOBS)
        .allMatch(history -> history.job().status() == JobStatus.COMPLETED);
  }

  /**
   * The new broker gives out the old one's producer ids again, to others. Once it took records of
   * one producer for repeated ones of another: acknowledged, and thrown away.
   */
  private void submitForAWhile() throws InterruptedException {
    try (var _ = observed.clients().keepSubmitting(JOBS_PER_SECOND)) {
      var _ = new CountDownLatch(1).await(AFTERWARDS.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
