package dev.darkroom.ledger.horizon;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The time before which no row can appear in the log any more. A row carries the time of its
 * statement, but is seen only after its commit, which may be late: its client may be frozen, or cut
 * off in the middle of the statement. So a time counts as settled when it lies back for longer than
 * a statement waits before it gets to the log, and everybody has ended who was writing to the log
 * then.
 */
public final class SettledHorizon {
  /** Statements end after 5 s. */
  public static final Duration MARGIN = Duration.ofMinutes(1);

  /**
   * What is that old is taken for settled before anything is known. A longer transaction could
   * prove that wrong; the next recount would put it right.
   */
  private static final Duration ASSUMED = Duration.ofHours(1);

  /**
   * What the database says.
   *
   * @param at its time, taken before it looked for writers
   * @param writers the transactions that have written to the log, or are about to, and have not
   *     ended; no name is used again
   */
  public record Moment(OffsetDateTime at, Set<String> writers) {
    public Moment {
      writers = Set.copyOf(writers);
    }
  }

  private final Duration margin;
  private final Duration assumed;
  private @Nullable OffsetDateTime settled;
  private @Nullable Moment candidate;

  public SettledHorizon(Duration margin) {
    this(margin, ASSUMED);
  }

  /**
   * @param assumed what is that old is taken for settled before anything is known
   */
  public SettledHorizon(Duration margin, Duration assumed) {
    this.margin = margin;
    this.assumed = assumed;
  }

  /** Moves the horizon on as far as this moment allows, and says where it is. */
  public synchronized OffsetDateTime reached(Moment now) {
    var until = settled == null ? now.at().minus(assumed) : settled;
    if (candidate != null && Collections.disjoint(candidate.writers(), now.writers())) {
      until = later(until, candidate.at().minus(margin));
      candidate = null;
    }
    if (now.writers().isEmpty()) {
      until = later(until, now.at().minus(margin));
    } else if (candidate == null) {
      candidate = now;
    }
    settled = until;
    return until;
  }

  private static OffsetDateTime later(OffsetDateTime one, OffsetDateTime other) {
    return one.isAfter(other) ? one : other;
  }
}
