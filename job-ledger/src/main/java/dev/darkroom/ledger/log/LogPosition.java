package dev.darkroom.ledger.log;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Where a row stands in the log, which is read from the newest row to the oldest. Rows that are
 * added meanwhile don't change which rows come after a position.
 */
public record LogPosition(OffsetDateTime createdAt, long seq) {
  /** Before the newest row. */
  public static final LogPosition START = new LogPosition(OffsetDateTime.MAX, Long.MAX_VALUE);

  public static LogPosition of(Instant createdAt, long seq) {
    return new LogPosition(createdAt.atOffset(ZoneOffset.UTC), seq);
  }
}
