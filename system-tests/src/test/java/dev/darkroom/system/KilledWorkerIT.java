package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.StepRow;
import dev.darkroom.system.run.ObservedSystem;
import dev.darkroom.system.stack.TestedWorker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledWorkerIT {
  private static final int IN_FLIGHT = 50;
  private static final Duration ALLOWED_BESIDE_THE_LEASE = Duration.ofSeconds(15);

  private final ObservedSystem observed = SharedSystem.get();
  private final Clock clock = Clock.systemUTC();

  @Test
  void every_job_of_a_worker_that_is_killed_runs_again_and_the_log_says_why() {
    var nebius = observed.system().nebius();
    var started = clock.instant();
    nebius.takes(Duration.ofSeconds(4), Duration.ZERO);
    observed.clients().submit(2 * IN_FLIGHT + 20);
    var worker = awaitWorkerWith(IN_FLIGHT);

    Predicate<String> heldByTheKilled = worker.id()::equals;
    worker.process().kill();
    var killed = clock.instant();
    nebius.takes(Duration.ofMillis(100), Duration.ofMillis(100));
    var evidence = observed.checkPromises(started, Duration.ofSeconds(60));
    observed.system().startWhatIsDead();

    assertThat(evidence.jobs()).allMatch(history -> history.job().status() == JobStatus.COMPLETED);
    var rerun = rerunAfterTheKill(evidence, heldByTheKilled, killed);
    assertThat(rerun).hasSizeGreaterThanOrEqualTo(IN_FLIGHT);
    assertThat(rerun).allSatisfy(KilledWorkerIT::saysThatTheFirstOutcomeIsUnknown);
    var recovery = Duration.between(killed, lastEnd(rerun));
    System.out.printf(
        "killed with %d jobs in flight: all ended after %d ms%n",
        rerun.size(), recovery.toMillis());
    assertThat(recovery)
        .isLessThanOrEqualTo(observed.system().settings().lease().plus(ALLOWED_BESIDE_THE_LEASE));
  }

  private TestedWorker awaitWorkerWith(int jobs) {
    return await("a worker has its hands full")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                observed.system().workers().stream()
                    .filter(worker -> held(worker) >= jobs)
                    .findFirst()
                    .orElse(null),
            Objects::nonNull);
  }

  private long held(TestedWorker worker) {
    return observed.ledger().heldBy().orElseThrow().entrySet().stream()
        .filter(held -> worker.isCalled(held.getKey()))
        .mapToLong(held -> held.getValue())
        .sum();
  }

  private static List<JobHistory> rerunAfterTheKill(
      Evidence evidence, Predicate<String> wasKilled, Instant killed) {
    return evidence.jobs().stream()
        .filter(history -> wasKilled.test(history.intents().getFirst().worker()))
        .filter(history -> history.intents().getFirst().at().isBefore(killed))
        .filter(history -> history.ends().getFirst().at().isAfter(killed))
        .toList();
  }

  private static void saysThatTheFirstOutcomeIsUnknown(JobHistory history) {
    assertThat(history.steps())
        .extracting(StepRow::step)
        .startsWith(
            Step.REQUEST_RECEIVED,
            Step.CALLING_NEBIUS_API,
            Step.ATTEMPT_OUTCOME_UNKNOWN,
            Step.RETRY_SCHEDULED,
            Step.CALLING_NEBIUS_API);
  }

  private static Instant lastEnd(List<JobHistory> histories) {
    return histories.stream()
        .map(history -> history.ends().getFirst().at())
        .max(Instant::compareTo)
        .orElseThrow();
  }
}
