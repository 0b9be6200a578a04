package dev.darkroom.system.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.evidence.CallSeen;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.StepRow;
import dev.darkroom.system.promises.Promise;
import dev.darkroom.system.promises.Promise.Breach;
import dev.darkroom.system.promises.Promises;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What came of a run, as a page of Markdown. */
public record ChaosReport(
    long seed, List<Played> played, Evidence evidence, List<Breach> breaches) {
  public static ChaosReport of(
      long seed, List<Played> played, Evidence evidence, List<Breach> breaches) {
    return new ChaosReport(seed, List.copyOf(played), evidence, List.copyOf(breaches));
  }

  public String table() {
    return """
    ## Chaos run, seed %d

    | | |
    | --- | ---: |
    | faults played | %d |
    | submissions | %d |
    | jobs | %d |
    | completed | %d |
    | failed | %d%s |
    | calls of the provider | %d |
    | lost | %d |
    | ended twice, late, or told otherwise | %d |
    | unexplained calls | %d |
    | events missing, early or wrong | %d |
    | orphan pictures | %d |
    | untrue steps | %d |
    | keys with more than one job | %s |

    Time to recover, in seconds: from the fault's end (for what is killed: from the kill, while it is still dead) until a job
    submitted then has completed, every job that was open then has ended, and every worker that runs has taken up a job again.

    | fault | played | lasted up to | longest recovery |
    | --- | ---: | ---: | ---: |
    %s
    """
        .formatted(
            seed,
            played.size(),
            evidence.submissions().size(),
            evidence.jobs().size(),
            withStatus(JobStatus.COMPLETED),
            withStatus(JobStatus.FAILED),
            reasons(),
            countCalls(_ -> true),
            countCalls(CallSeen::billed),
            countSteps(Step.CALLING_NEBIUS_API),
            countSteps(Step.ATTEMPT_OUTCOME_UNKNOWN),
            evidence.jobs().stream().filter(ChaosReport::isCompletedByALateReport).count(),
            evidence.jobs().stream().filter(ChaosReport::isCompletedWithoutACall).count(),
            broken(Promises.NO_JOB_IS_LOST),
            broken(Promises.EVERY_JOB_ENDS_ONCE),
            broken(Promises.NO_SILENT_SECOND_BILL),
            broken(Promises.EVENTS_ARRIVE_AT_LEAST_ONCE),
            broken(Promises.NO_ORPHAN_PICTURE),
            broken(Promises.STEPS_TELL_THE_TRUTH),
            Promises.GATEWAYS_KNOW_IDEMPOTENCY_KEYS
                ? "" + broken(Promises.ONE_KEY_ONE_JOB)
                : "not checked",
            Arrays.stream(Fault.values()).map(this::row).collect(Collectors.joining("\n")));
  }

  private long countCalls(Predicate<CallSeen> those) {
    return evidence.jobs().stream()
        .flatMap(history -> history.calls().stream())
        .filter(those)
        .count();
  }

  private long countSteps(Step step) {
    return evidence.jobs().stream()
        .flatMap(history -> history.steps().stream())
        .filter(row -> row.step() == step)
        .count();
  }

  private static boolean isCompletedByALateReport(JobHistory history) {
    return history.job().status() == JobStatus.COMPLETED
        && history.saidOf(history.job().attempt()).stream().anyMatch(StepRow::isSetback);
  }

  private static boolean isCompletedWithoutACall(JobHistory history) {
    return history.job().status() == JobStatus.COMPLETED
        && history.calls().stream()
            .noneMatch(call -> call.arrivedAt().isAfter(history.intents().getLast().at()));
  }

  private long withStatus(JobStatus status) {
    return evidence.jobs().stream().filter(history -> history.job().status() == status).count();
  }

  private String reasons() {
    var codes =
        evidence.jobs().stream()
            .map(history -> history.job())
            .filter(job -> job.status() == JobStatus.FAILED)
            .map(job -> Objects.requireNonNullElse(job.errorCode(), "no code"))
            .collect(groupingBy(code -> code, TreeMap::new, counting()));
    return codes.isEmpty() ? "" : " " + codes;
  }

  private long broken(Promise promise) {
    return breaches.stream().filter(breach -> breach.promise().equals(promise.name())).count();
  }

  private String row(Fault fault) {
    var times = played.stream().filter(one -> one.fault() == fault).toList();
    return "| %s | %d | %s | %s |"
        .formatted(
            fault,
            times.size(),
            longest(times.stream().map(Played::lasted).toList()),
            longest(times.stream().map(Played::recovered).toList()));
  }

  private static String longest(List<Duration> durations) {
    return durations.stream()
        .max(Comparator.naturalOrder())
        .map(longest -> "%.1f".formatted(longest.toMillis() / 1_000.0))
        .orElse("–");
  }
}
