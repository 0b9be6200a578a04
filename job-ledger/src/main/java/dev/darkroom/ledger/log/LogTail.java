package dev.darkroom.ledger.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log from its end, strictly in the order of its numbers, although transactions commit
 * in another. A missing number belongs to a transaction that was writing to the log before the next
 * number was drawn, so it is looked which those are; once none of them is left, what is still
 * missing was rolled back. Each look also finds the last step that was read, or else the log went
 * back. For one thread.
 */
public final class LogTail {
  private static final Logger log = LoggerFactory.getLogger(LogTail.class);
  private static final int PAGE = 500;

  /** Where the steps come from. */
  interface Log {
    /** The step with the highest number that can be seen. */
    Optional<Mark> newest();

    /** Steps with this number and above. */
    List<NumberedStep> from(long seq, int limit);

    /** The transactions that have drawn a number, or may be about to, and have not ended. */
    Set<String> writers();
  }

  /** When to look again. */
  public enum Pace {
    AT_ONCE,
    /** A transaction is about to end. */
    SOON,
    /** Nothing more is there. */
    LATER
  }

  /**
   * What one look brought.
   *
   * @param steps the next ones; nothing can come between or before them any more
   * @param wentBack whether the ledger is not the one that was followed until now: it was restored,
   *     begun afresh, or lost its last steps in a failover. The tail goes on from its new end
   */
  public record Reading(List<NumberedStep> steps, Pace next, boolean wentBack) {
    public Reading {
      steps = List.copyOf(steps);
    }

    Reading(List<NumberedStep> steps, Pace next) {
      this(steps, next, false);
    }
  }

  /** A step by which its log is recognized: after a restore another one may have its number. */
  record Mark(long seq, UUID id) {
    static Mark of(NumberedStep step) {
      return new Mark(step.seq(), step.row().id());
    }
  }

  /**
   * Numbers that are missing, and may still come.
   *
   * @param upTo behind the last of them
   * @param writers whose they may be
   */
  private record Gap(long upTo, Set<String> writers, Instant since) {}

  private final Log steps;
  private final InstantSource clock;
  private final Duration patience;
  private boolean looked;
  private boolean placed;
  private long position;

  /** The step at the position; null where the log was empty. */
  private @Nullable Mark last;

  /** Up to here everything has been committed that ever will be. */
  private long settled;

  private @Nullable Gap gap;

  /** Transactions that have held us up for too long, as long as they stay open. */
  private Set<String> givenUp = Set.of();

  LogTail(Log steps, InstantSource clock, Duration patience) {
    this.steps = steps;
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * The number up to which all steps were read, or lay before the beginning; empty until the end of
   * the log has been found.
   */
  public OptionalLong position() {
    return placed ? OptionalLong.of(position) : OptionalLong.empty();
  }

  /**
   * Looks for further steps.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the next
   *     look goes on from the same place
   */
  public Reading next() {
    if (!looked) {
      lookForTheEnd();
    }
    if (!isSettled()) {
      return new Reading(List.of(), Pace.SOON);
    }
    var found = steps.from(position, last == null ? PAGE : PAGE + 1);
    if (last != null && (found.isEmpty() || !last.equals(Mark.of(found.getFirst())))) {
      return beginAnew();
    }
    placed = true;
    var rows = last == null ? found : found.subList(1, found.size());
    var inOrder = beforeAnyGap(rows);
    if (inOrder.size() < rows.size()) {
      gap = gapUpTo(rows.getLast().seq());
    }
    if (!inOrder.isEmpty()) {
      last = Mark.of(inOrder.getLast());
      position = last.seq();
    }
    return new Reading(inOrder, pace(rows));
  }

  /** The step that was read last is gone, or its number is another step's. */
  private Reading beginAnew() {
    log.atWarn()
        .addKeyValue("last_step_read", position)
        .log(
            "the log went back: the last step that was read is not in it any more; steps are read from its new end");
    looked = false;
    placed = false;
    return new Reading(List.of(), Pace.AT_ONCE, true);
  }

  /** Steps that are being written may have lower numbers than the newest one that can be seen. */
  private void lookForTheEnd() {
    var newest = steps.newest().orElse(null);
    position = newest == null ? 0 : newest.seq();
    settled = position;
    last = newest;
    gap = gapUpTo(position);
    looked = true;
  }

  private List<NumberedStep> beforeAnyGap(List<NumberedStep> rows) {
    var certain = Math.max(position, settled);
    for (var i = 0; i < rows.size(); i++) {
      var seq = rows.get(i).seq();
      if (seq > certain + 1) {
        return rows.subList(0, i);
      }
      certain = Math.max(certain, seq);
    }
    return rows;
  }

  private Pace pace(List<NumberedStep> rows) {
    if (gap != null) {
      return gap.writers().isEmpty() ? Pace.AT_ONCE : Pace.SOON;
    }
    return rows.size() == PAGE ? Pace.AT_ONCE : Pace.LATER;
  }

  /**
   * To be called after the steps were read, so that whoever drew a missing number is among them.
   */
  private Gap gapUpTo(long seq) {
    var writers = new HashSet<>(steps.writers());
    var stillOpen = new HashSet<>(givenUp);
    stillOpen.retainAll(writers);
    givenUp = stillOpen;
    writers.removeAll(stillOpen);
    return new Gap(seq, Set.copyOf(writers), clock.instant());
  }

  /** Whether nothing can appear any more before the last step that was seen. */
  private boolean isSettled() {
    var open = gap;
    if (open == null) {
      return true;
    }
    if (!open.writers().isEmpty()) {
      var left = new HashSet<>(open.writers());
      left.retainAll(steps.writers());
      if (!left.isEmpty() && !isTooLong(open, left)) {
        return false;
      }
    }
    settled = open.upTo();
    gap = null;
    return true;
  }

  private boolean isTooLong(Gap open, Set<String> left) {
    if (clock.instant().isBefore(open.since().plus(patience))) {
      return false;
    }
    var all = new HashSet<>(givenUp);
    all.addAll(left);
    givenUp = all;
    log.atWarn()
        .addKeyValue("transactions", left)
        .addKeyValue("steps_after", position)
        .log(
            "a transaction keeps the steps after its own waiting; they are told now, and its own may be missed by whoever listens");
    return true;
  }
}
