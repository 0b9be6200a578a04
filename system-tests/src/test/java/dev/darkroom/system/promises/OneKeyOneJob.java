package dev.darkroom.system.promises;

import dev.darkroom.system.clients.ClientReply;
import dev.darkroom.system.evidence.Evidence;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** However often a client repeats itself, and whomever it asks: one key makes one job at most. */
public record OneKeyOneJob() implements Promise {
  @Override
  public List<Breach> breaches(Evidence evidence) {
    return Stream.concat(inTheLedger(evidence), inTheAnswers(evidence)).toList();
  }

  /** Each key has a prompt of its own, so jobs with the same prompt have the same key. */
  private Stream<Breach> inTheLedger(Evidence evidence) {
    return evidence.jobs().stream()
        .collect(Collectors.groupingBy(history -> history.job().prompt()))
        .values()
        .stream()
        .filter(same -> same.size() > 1)
        .map(same ->
            new Breach(
                name(),
                "one key made %d jobs: %s"
                    .formatted(
                        same.size(), same.stream().map(history -> history.job().id()).toList()),
                same.getLast()));
  }

  private Stream<Breach> inTheAnswers(Evidence evidence) {
    return evidence.submissions().stream()
        .filter(submission ->
            submission.answers().stream()
                    .map(ClientReply::requestId)
                    .filter(Objects::nonNull)
                    .distinct()
                    .count()
                > 1)
        .map(submission ->
            new Breach(name(), "one key was told of several jobs: " + submission, null));
  }
}
