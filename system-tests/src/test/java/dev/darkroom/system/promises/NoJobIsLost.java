package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Accepted means durable: each job a client was told of is in the ledger, and has ended by its
 * deadline.
 *
 * @param slack what the sweep that ends overdue jobs may take
 */
public record NoJobIsLost(Duration slack) implements Promise {
  @Override
  public List<Breach> breaches(Evidence evidence) {
    var jobs =
        evidence.jobs().stream()
            .collect(Collectors.toMap(history -> history.job().id(), Function.identity()));
    var neverSeen =
        evidence.submissions().stream()
            .filter(submission ->
                submission.accepted().isPresent() && !jobs.containsKey(submission.accepted().get()))
            .map(submission -> new Breach(name(), forgotten(submission), null));
    var neverEnded =
        evidence.jobs().stream()
            .flatMap(history ->
                openFor(history, evidence).map(says -> new Breach(name(), says, history)));
    return Stream.concat(neverSeen, neverEnded).toList();
  }

  private static String forgotten(ClientSubmission submission) {
    return "a client was told of job %s, and the ledger knows of none: %s"
        .formatted(submission.accepted().orElseThrow(), submission);
  }

  private Stream<String> openFor(JobHistory history, Evidence evidence) {
    var job = history.job();
    return ifSo(
        !job.hasEnded() && evidence.takenAt().isAfter(job.deadlineAt().plus(slack)),
        "the job is still %s, past its deadline".formatted(job.status().word()));
  }
}
