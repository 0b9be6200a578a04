package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.horizon.SettledHorizon;
import dev.darkroom.ledger.row.Columns;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What happened in the minutes of a range. Minutes in which nothing can change any more are counted
 * once and kept in {@code generation_minutes}; the others are counted each time.
 */
public final class JobStatistics {
  private static final int SLICE = 100_000;

  private final JdbcClient readers;
  private final CountMinutes count;
  private final CountMinutes countForReaders;
  private final KeptMinutes kept;
  private final KeptMinutes keptForReaders;
  private final RememberedMinutes remembered;
  private final SettledMinutes settled;

  /**
   * @param readers for questions of readers
   */
  public JobStatistics(JdbcClient database, JdbcClient readers) {
    this(database, readers, SettledHorizon.MARGIN, SLICE);
  }

  /**
   * @param margin how old a minute is before it counts as settled
   * @param slice steps at most in the minutes that are counted at a time, unless one has more
   */
  public JobStatistics(JdbcClient database, JdbcClient readers, Duration margin, int slice) {
    this.readers = readers;
    this.count = new CountMinutes(database);
    this.countForReaders = new CountMinutes(readers);
    this.kept = new KeptMinutes(database);
    this.keptForReaders = new KeptMinutes(readers);
    this.remembered = new RememberedMinutes(keptForReaders, System::nanoTime);
    this.settled = new SettledMinutes(database, margin, slice);
  }

  /** The database's time, which is that of all that is counted. */
  public Instant now() {
    return readers
        .sql("select clock_timestamp() as now")
        .query((row, _) -> Columns.instant(row, "now"))
        .single();
  }

  /**
   * The minutes in which anything happened, in their order.
   *
   * @param since the beginning of a minute
   * @param until exclusive
   */
  public List<Minute> between(Instant since, Instant until) {
    var from = since.atOffset(ZoneOffset.UTC);
    var to = until.atOffset(ZoneOffset.UTC);
    var keptUntil =
        keptForReaders.until(); // first: what is kept meanwhile is counted once more, not missed
    var minutes = new ArrayList<Minute>();
    if (from.isBefore(keptUntil)) {
      minutes.addAll(remembered.between(from, keptUntil.isBefore(to) ? keptUntil : to));
    }
    if (keptUntil.isBefore(to)) {
      minutes.addAll(countForReaders.between(later(keptUntil, from), to));
    }
    return List.copyOf(minutes);
  }

  /**
   * Counts settled minutes and keeps them. Any number of gateways may do so at once: they find the
   * same.
   *
   * @param keep minutes that are older are not counted any more
   * @return whether there are more of them
   */
  public boolean keepSettled(Duration keep) {
    var end = settled.until();
    var next = settled.next(later(kept.until(), end.minus(keep)), end);
    next.ifPresent(range -> count.between(range.from(), range.until()).forEach(kept::keepIfNew));
    return next.map(SettledMinutes.Range::more).orElse(false);
  }

  /**
   * Deletes minutes that were kept for long enough.
   *
   * @return how many there were
   */
  public int forgetOlderThan(Duration keep) {
    return kept.forgetOlderThan(keep);
  }

  private static OffsetDateTime later(OffsetDateTime one, OffsetDateTime other) {
    return one.isAfter(other) ? one : other;
  }
}
