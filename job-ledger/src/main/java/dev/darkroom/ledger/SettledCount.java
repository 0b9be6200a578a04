package dev.darkroom.ledger;

import java.time.OffsetDateTime;

/**
 * How many rows a filter matches that were written before some time.
 *
 * @param until exclusive; {@link OffsetDateTime#MIN} where nothing was counted yet
 */
record SettledCount(OffsetDateTime until, long rows) {
  static final SettledCount NONE = new SettledCount(OffsetDateTime.MIN, 0);
}
