package dev.darkroom.system.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.clients.ClientReply;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.ObservedCall;
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
import java.util.stream.Stream;

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
    %s

    Time to recover, in seconds: from the fault's end (for what is killed: from the kill, while it is still dead) until a job
    submitted then has completed, every job that was open then has ended, and every worker that runs has taken up a job again.

    | fault | played | lasted up to | longest recovery |
    | --- | ---: | ---: | ---: |
    %s
    """
        .formatted(
            seed,
            facts().map(Fact::row).collect(Collectors.joining("\n")),
            Arrays.stream(ChaosFault.values()).map(this::row).collect(Collectors.joining("\n")));
  }

  private record Fact(String name, Object value) {
    String row() {
      return "| %s | %s |".formatted(name, value);
    }
  }

  private Stream<Fact> facts() {
    return Stream.of(
        new Fact("faults played", played.size()),
        new Fact("submissions", evidence.submissions().size()),
        new Fact("answers to POST that were neither 202 nor 503", uncalledForAnswers()),
        new Fact("jobs", evidence.jobs().size()),
        new Fact("completed", withStatus(JobStatus.COMPLETED)),
        new Fact("failed", withStatus(JobStatus.FAILED) + reasons()),
        new Fact("cancelled", countSteps(Step.CANCELLED)),
        new Fact("attempts", countSteps(Step.CALLING_NEBIUS_API)),
        new Fact("attempts of unknown outcome", countSteps(Step.ATTEMPT_OUTCOME_UNKNOWN)),
        new Fact("jobs completed by a report after that", completed(ChaosReport::byALateReport)),
        new Fact(
            "jobs completed without a call in their last attempt",
            completed(ChaosReport::withoutACall)),
        new Fact("calls of the provider", countCalls(_ -> true)),
        new Fact("calls billed", countCalls(ObservedCall::billed)),
        new Fact("**lost**", broken(Promises.NO_JOB_IS_LOST)),
        new Fact("**ended twice, late, or told otherwise**", broken(Promises.EVERY_JOB_ENDS_ONCE)),
        new Fact("**unexplained calls**", broken(Promises.NO_SILENT_SECOND_BILL)),
        new Fact(
            "**events missing, early or wrong**", broken(Promises.EVENTS_ARRIVE_AT_LEAST_ONCE)),
        new Fact("webhooks", evidence.jobs().stream().mapToInt(job -> job.webhooks().size()).sum()),
        new Fact("**webhooks missing or wrong**", broken(Promises.WEBHOOKS_ARRIVE_AT_LEAST_ONCE)),
        new Fact("**orphan pictures**", broken(Promises.NO_ORPHAN_PICTURE)),
        new Fact("**untrue steps**", broken(Promises.STEPS_TELL_THE_TRUTH)),
        new Fact("**keys with more than one job**", broken(Promises.ONE_KEY_ONE_JOB)),
        new Fact("**receipts that do not add up**", broken(Promises.RECEIPT_ADDS_UP)));
  }

  public long uncalledForAnswers() {
    return evidence.submissions().stream()
        .flatMap(submission -> submission.answers().stream())
        .filter(ClientReply::isUncalledFor)
        .count();
  }

  private long countCalls(Predicate<ObservedCall> those) {
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

  private long completed(Predicate<JobHistory> how) {
    return evidence.jobs().stream()
        .filter(history -> history.job().status() == JobStatus.COMPLETED)
        .filter(how)
        .count();
  }

  private static boolean byALateReport(JobHistory history) {
    return history.saidOf(history.job().attempt()).stream().anyMatch(StepRow::isSetback);
  }

  private static boolean withoutACall(JobHistory history) {
    var begun = history.intents().getLast().at();
    return history.calls().stream().noneMatch(call -> call.arrivedAt().isAfter(begun));
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

  private String row(ChaosFault fault) {
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
