package dev.darkroom.ledger.log;

import java.time.OffsetDateTime;

/**
 * How many rows a filter matches that were written before some time.
 *
 * @param until exclusive; where nothing was counted yet, the beginning of the filter's range
 */
record SettledCount(OffsetDateTime until, long rows) {
  static SettledCount none(LogFilter filter) {
    return new SettledCount(filter.range().since(), 0);
  }
}
