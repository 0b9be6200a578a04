package dev.darkroom.system.chaos;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.darkroom.model.JobStatus;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.promises.Promise;
import dev.darkroom.system.promises.Promise.Breach;
import dev.darkroom.system.promises.Promises;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
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
    submitted then has completed and every job that was open then has ended.

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
            evidence.jobs().stream().mapToInt(history -> history.calls().size()).sum(),
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
