package dev.darkroom.ledger.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log from its end and returns each new step once. Transactions commit in another order
 * than they draw numbers, so each read also asks for the numbers that were missing before. The
 * steps of one request come in order all the same: each of them is written after the one before was
 * committed, so a read that finds it finds that one too. For one thread.
 */
public final class LogTail {
  /**
   * How long a transaction may take between a step's timestamp and its commit. A step that takes
   * longer is not told to subscribers.
   */
  static final Duration LONGEST_COMMIT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(LogTail.class);
  private static final int PAGE = 500;

  /**
   * A crash or a large rollback may leave many numbers that never come. Those beyond are not asked
   * for, and so a step of theirs is not told: these are the numbers of 1,000 steps a second for as
   * long as a commit may take. A read asks for all of them, in one array.
   */
  private static final int MOST_MISSING = 10_000;

  /** Where the steps come from. */
  public interface Source {
    /** The steps with the highest numbers, the newest first. */
    List<StepMark> newest(int limit);

    /**
     * The steps with these numbers, and the first ones from another number on.
     *
     * @param limit of the latter
     * @return in the order of their numbers
     */
    List<LogEntry> read(Collection<Long> numbers, long from, int limit);
  }

  /** A step by which its log is recognized: after a restore another one may have its number. */
  public record StepMark(long seq, UUID id) {}

  /**
   * How far the log was read.
   *
   * @param upTo every step up to this number was returned, or lies before the beginning
   * @param missing but for these, which may still be committed
   */
  public record TailPosition(long upTo, Set<Long> missing) {
    public TailPosition {
      missing = Set.copyOf(missing);
    }
  }

  /**
   * What one read returned.
   *
   * @param steps in the order of their numbers; one that was committed late may have a lower number
   *     than steps of an earlier read
   * @param wentBack whether the ledger was restored, begun afresh, or lost its last steps in a
   *     failover; the tail goes on from its new end
   * @param more whether there is more to read at once
   */
  public record TailBatch(
      List<LogEntry> steps, TailPosition position, boolean wentBack, boolean more) {
    public TailBatch {
      steps = List.copyOf(steps);
    }
  }

  private final Source source;
  private final InstantSource clock;

  /** Numbers below the last step's that were not seen, and since when. */
  private final TreeMap<Long, Instant> missing = new TreeMap<>();

  /** Null where the log was empty. */
  private @Nullable StepMark last;

  /** Begins at the end of the log. */
  public LogTail(Source source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
    begin();
  }

  public TailPosition position() {
    return new TailPosition(last == null ? 0 : last.seq(), missing.keySet());
  }

  /**
   * Reads further steps.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the next
   *     read goes on from the same position
   */
  public TailBatch next() {
    var now = clock.instant();
    var known = last;
    var found = source.read(missing.keySet(), known == null ? 0 : known.seq(), PAGE + 1);
    if (known != null && found.stream().map(LogTail::mark).noneMatch(known::equals)) {
      log.atWarn()
          .addKeyValue("last_step_read", known.seq())
          .log("the ledger went back: the last step read is gone; streams restart at the new end");
      begin();
      return new TailBatch(List.of(), position(), true, false);
    }
    missing.values().removeIf(since -> since.plus(LONGEST_COMMIT).isBefore(now));
    var steps = found.stream().filter(step -> !mark(step).equals(known)).toList();
    steps.forEach(step -> advance(step, now));
    return new TailBatch(steps, position(), false, steps.size() >= PAGE);
  }

  private void begin() {
    var newest = source.newest(MOST_MISSING);
    missing.clear();
    last = newest.isEmpty() ? null : newest.getFirst();
    for (var i = 1; i < newest.size(); i++) {
      addMissing(newest.get(i).seq(), newest.get(i - 1).seq(), clock.instant());
    }
  }

  private void advance(LogEntry step, Instant now) {
    var before = last == null ? 0 : last.seq();
    if (step.seq() < before) {
      missing.remove(step.seq());
    } else {
      addMissing(before, step.seq(), now);
      last = mark(step);
    }
  }

  private void addMissing(long after, long before, Instant now) {
    for (var seq = Math.max(after + 1, before - MOST_MISSING); seq < before; seq++) {
      missing.put(seq, now);
    }
    while (missing.size() > MOST_MISSING) {
      missing.pollFirstEntry();
    }
  }

  private static StepMark mark(LogEntry step) {
    return new StepMark(step.seq(), step.id());
  }
}
