package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.StepRow;
import dev.darkroom.system.run.ObservedSystem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RollingRestartIT {
  private static final int ROUNDS = 2;
  private static final int JOBS_PER_SECOND = 10;
  private static final Duration LONGEST_STALL = Duration.ofSeconds(3);

  private final ObservedSystem observed = SharedSystem.get();
  private final Clock clock = Clock.systemUTC();

  @Test
  void workers_that_are_restarted_one_by_one_lose_nothing_and_buy_nothing_twice() {
    var started = clock.instant();
    try (var _ = observed.clients().keepSubmitting(JOBS_PER_SECOND)) {
      for (int round = 0; round < ROUNDS; round++) {
        observed
            .system()
            .workers()
            .forEach(worker -> {
              worker.process().stop(observed.system().settings().drain().plusSeconds(20));
              worker.process().start();
              worker.awaitReady();
            });
      }
    }
    var ended = clock.instant();
    var evidence = observed.checkPromises(started, Duration.ofSeconds(60));

    var stall = longestStall(evidence, started, ended);
    System.out.printf(
        "rolling restart: %d jobs, %d calls, longest time without a completion %d ms%n",
        evidence.jobs().size(), calls(evidence), stall.toMillis());
    assertThat(evidence.jobs())
        .isNotEmpty()
        .allMatch(history -> history.job().status() == JobStatus.COMPLETED)
        .allSatisfy(history -> assertThat(history.calls()).as(history::inFull).hasSize(1));
    assertThat(stall).isLessThanOrEqualTo(LONGEST_STALL);
  }

  private static int calls(Evidence evidence) {
    return evidence.jobs().stream().mapToInt(history -> history.calls().size()).sum();
  }

  private static Duration longestStall(Evidence evidence, Instant from, Instant until) {
    var moments =
        evidence.jobs().stream()
            .map(JobHistory::ends)
            .map(ends -> ends.getFirst())
            .map(StepRow::at)
            .filter(at -> at.isBefore(until))
            .sorted()
            .toList();
    return IntStream.rangeClosed(0, moments.size())
        .mapToObj(i ->
            Duration.between(
                i == 0 ? from : moments.get(i - 1), i == moments.size() ? until : moments.get(i)))
        .max(Duration::compareTo)
        .orElseThrow();
  }
}
