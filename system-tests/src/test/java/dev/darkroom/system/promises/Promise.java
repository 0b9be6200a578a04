package dev.darkroom.system.promises;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Something that must hold whatever is killed. It judges evidence and changes nothing. */
public interface Promise {
  /** Where the evidence breaks it; empty if it is kept. */
  List<Breach> breaches(Evidence evidence);

  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * One way in which a promise was broken.
   *
   * @param says a sentence
   * @param about the job it was broken for, where it was one
   */
  record Breach(String promise, String says, @Nullable JobHistory about) {
    /** With everything that is known about the job. */
    public String inFull() {
      return about == null
          ? "%s: %s".formatted(promise, says)
          : "%s: %s%n  job %s%n%s".formatted(promise, says, about.job().id(), about.inFull());
    }
  }

  /** A promise that is given for each job by itself. */
  interface ForEachJob extends Promise {
    /** Sentences about what is wrong with this one. */
    Stream<String> brokenBy(JobHistory history);

    @Override
    default List<Breach> breaches(Evidence evidence) {
      return evidence.jobs().stream()
          .flatMap(history -> brokenBy(history).map(says -> new Breach(name(), says, history)))
          .toList();
    }
  }

  /** A sentence if it is so. */
  static Stream<String> ifSo(boolean broken, String says) {
    return broken ? Stream.of(says) : Stream.empty();
  }
}
