package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.system.run.ObservedSystem;
import dev.darkroom.system.stack.SystemSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Stopping a worker while its calls last: a minute each in the long run. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LongCallsIT {
  private static final int JOBS = 24;
  private static final Duration CALL =
      Duration.ofSeconds(Long.getLong("darkroom.long-calls.seconds", 4));

  private final Clock clock = Clock.systemUTC();

  @Test
  void a_worker_that_is_stopped_ends_its_calls_and_none_is_made_twice() throws IOException {
    var quick = SystemSettings.quick();
    if (CALL.compareTo(quick.callTimeout()) < 0) {
      stopWorkersOneByOne(SharedSystem.get());
      return;
    }
    try (var own = ObservedSystem.start("long-calls", quick.withCallsOf(CALL.plusSeconds(20)))) {
      stopWorkersOneByOne(own);
    }
  }

  /** First one that comes back, as in a rolling restart; then one that stays away. */
  private void stopWorkersOneByOne(ObservedSystem observed) {
    var system = observed.system();
    var workers = system.workers();
    system.nebius().takes(CALL, Duration.ZERO);
    var patience = system.settings().drain().plusSeconds(20);
    var started = clock.instant();

    submitAndAwaitCalls(observed, 1);
    workers.getFirst().process().stop(patience);
    workers.getFirst().process().start();
    workers.getFirst().awaitReady();
    submitAndAwaitCalls(observed, 2);
    workers.getLast().process().stop(patience);

    var evidence = observed.checkPromises(started, CALL.multipliedBy(2).plusSeconds(60));
    system.startWhatIsDead();
    System.out.printf(
        "two workers stopped with calls of %d s in flight: %d jobs, %d calls%n",
        CALL.toSeconds(),
        evidence.jobs().size(),
        evidence.jobs().stream().mapToInt(history -> history.calls().size()).sum());
    assertThat(evidence.jobs())
        .hasSize(2 * JOBS)
        .allMatch(history -> history.job().status() == JobStatus.COMPLETED)
        .allSatisfy(history -> assertThat(history.calls()).as(history::inFull).hasSize(1));
  }

  private static void submitAndAwaitCalls(ObservedSystem observed, int rounds) {
    var before = observed.system().nebius().simulator().bill().calls().size();
    var _ = observed.clients().submit(JOBS);
    await("all calls are in flight, round " + rounds)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> observed.system().nebius().simulator().bill().calls().size() >= before + JOBS);
  }
}
