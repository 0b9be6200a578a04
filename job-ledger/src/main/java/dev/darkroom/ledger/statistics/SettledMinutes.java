package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.horizon.LogWriters;
import dev.darkroom.ledger.horizon.SettledHorizon;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds minutes in which nothing can change any more. */
final class SettledMinutes {
  /** Nobody writes for that long; what is in the log by then is settled, whoever writes now. */
  private static final Duration LONGEST_WRITER = Duration.ofDays(1);

  private final JdbcClient database;
  private final LogWriters writers;
  private final SettledHorizon horizon;
  private final int slice;

  /**
   * @param slice steps at most in the minutes that are found at a time, unless one minute has more
   */
  SettledMinutes(JdbcClient database, Duration margin, int slice) {
    this.database = database;
    this.writers = new LogWriters(database);
    this.horizon = new SettledHorizon(margin, LONGEST_WRITER);
    this.slice = slice;
  }

  /**
   * Minutes that follow each other.
   *
   * @param until exclusive
   * @param more whether settled ones come after them
   */
  record Range(OffsetDateTime from, OffsetDateTime until, boolean more) {}

  /** Up to where minutes are settled. */
  OffsetDateTime until() {
    return minuteOf(horizon.reached(writers.now()));
  }

  /** The next minutes of the range in which a job was accepted or ended, where there are any. */
  Optional<Range> next(OffsetDateTime from, OffsetDateTime settled) {
    var begun = firstStep(from, settled);
    if (!begun.isBefore(settled)) {
      return Optional.empty();
    }
    var first = minuteOf(begun);
    var until = endOfSlice(first, settled);
    return Optional.of(new Range(first, until, until.isBefore(settled)));
  }

  private OffsetDateTime firstStep(OffsetDateTime from, OffsetDateTime settled) {
    return database
        .sql(
            """
            select least(:settled,
              (select min(created_at) from public.generation_logs where status = 'started' and created_at >= :from),
              (select min(created_at) from public.generation_logs where status = 'completed' and created_at >= :from),
              (select min(created_at) from public.generation_logs where status = 'failed' and created_at >= :from))
            """)
        .param("from", from)
        .param("settled", settled)
        .query(OffsetDateTime.class)
        .single();
  }

  /** After as many minutes as fit into a slice; but one at least. */
  private OffsetDateTime endOfSlice(OffsetDateTime from, OffsetDateTime settled) {
    return database
        .sql(
            """
            select created_at from public.generation_logs where created_at >= :from and created_at < :settled
            order by created_at offset :rows limit 1
            """)
        .param("from", from)
        .param("settled", settled)
        .param("rows", slice)
        .query(OffsetDateTime.class)
        .optional()
        .map(SettledMinutes::minuteOf)
        .map(end -> end.isAfter(from) ? end : from.plusMinutes(1))
        .orElse(settled);
  }

  private static OffsetDateTime minuteOf(OffsetDateTime time) {
    return time.truncatedTo(ChronoUnit.MINUTES);
  }
}
