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

  private final JdbcClient database;
  private final CountMinutes count;
  private final KeptMinutes kept;
  private final RememberedMinutes remembered;
  private final SettledMinutes settled;

  public JobStatistics(JdbcClient database) {
    this(database, SettledHorizon.MARGIN, SLICE);
  }

  /**
   * @param margin how old a minute is before it counts as settled
   * @param slice steps at most in the minutes that are counted at a time, unless one has more
   */
  public JobStatistics(JdbcClient database, Duration margin, int slice) {
    this.database = database;
    this.count = new CountMinutes(database);
    this.kept = new KeptMinutes(database);
    this.remembered = new RememberedMinutes(kept, System::nanoTime);
    this.settled = new SettledMinutes(database, margin, slice);
  }

  /** The database's time, which is that of all that is counted. */
  public Instant now() {
    return database
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
    var keptUntil = kept.until(); // first: what is kept meanwhile is counted once more, not missed
    var minutes = new ArrayList<Minute>();
    if (from.isBefore(keptUntil)) {
      minutes.addAll(remembered.between(from, keptUntil.isBefore(to) ? keptUntil : to));
    }
    if (keptUntil.isBefore(to)) {
      minutes.addAll(count.between(later(keptUntil, from), to));
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
