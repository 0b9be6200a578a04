package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.JobRow;
import dev.darkroom.system.evidence.StepRow;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A job that has ended has one step that says so, the step says what the job's row says, it was in
 * time, and nobody was told otherwise.
 *
 * @param slack what the sweep that ends overdue jobs may take
 */
public record EveryJobEndsOnce(Duration slack) implements Promise.ForEachJob {
  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var job = history.job();
    var ends = history.ends();
    if (!job.hasEnded()) {
      return ifSo(!ends.isEmpty(), "the log says that the job has ended, and its row does not");
    }
    return Stream.of(
            ifSo(ends.isEmpty(), "the job has ended, and no step says so"),
            ifSo(ends.size() > 1, "the job ended %d times".formatted(ends.size())),
            ends.stream().flatMap(end -> disagreements(job, end)),
            late(job),
            toldOtherwise(history))
        .flatMap(says -> says);
  }

  private static Stream<String> disagreements(JobRow job, StepRow end) {
    return Stream.concat(
        ifSo(
            end.status() != job.status(),
            "the log says %s, the job's row %s"
                .formatted(end.status().word(), job.status().word())),
        ifSo(
            !Objects.equals(end.imageUrl(), job.imageUrl()),
            "the log's picture is %s, the row's %s".formatted(end.imageUrl(), job.imageUrl())));
  }

  private Stream<String> late(JobRow job) {
    var finishedAt = Objects.requireNonNull(job.finishedAt(), "an ended job says when");
    return ifSo(
        finishedAt.isAfter(job.deadlineAt().plus(slack)),
        "the job ended at %s, its deadline was %s".formatted(finishedAt, job.deadlineAt()));
  }

  private static Stream<String> toldOtherwise(JobHistory history) {
    var seen = history.seen();
    return ifSo(
        seen != null
            && seen.hasEnded()
            && !(seen.status().equals(history.job().status().word())
                && Objects.equals(seen.imageUrl(), history.job().imageUrl())),
        "a client was told of another end: " + seen);
  }
}
