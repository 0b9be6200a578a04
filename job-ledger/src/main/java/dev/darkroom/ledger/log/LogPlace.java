package dev.darkroom.ledger.log;

import java.time.OffsetDateTime;

/**
 * A place in the log, read from the newest row to the oldest: that of the row with this time and
 * number. Rows that are added meanwhile change nothing about which rows come after it.
 */
public record LogPlace(OffsetDateTime createdAt, long seq) {
  /** Before the newest row. */
  public static final LogPlace START = new LogPlace(OffsetDateTime.MAX, Long.MAX_VALUE);
}
