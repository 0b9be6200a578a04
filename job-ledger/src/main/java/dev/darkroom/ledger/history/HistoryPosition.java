package dev.darkroom.ledger.history;

import org.jspecify.annotations.Nullable;

/**
 * How far a reader of the history has come.
 *
 * @param epoch of the ledger that was read, see {@link LedgerEpoch}
 * @param seq every end up to this number was read
 * @param missing numbers beyond, for which the reader waits; null where there are none
 */
public record HistoryPosition(String epoch, long seq, @Nullable MissingNumbers missing) {

  /**
   * Numbers that were missing when a reader met them first: drawn by transactions that were open,
   * or were rolled back.
   *
   * @param upTo the highest number that could be seen then
   * @param before all transactions that may have drawn them have ids before this one
   */
  public record MissingNumbers(long upTo, long before) {}

  HistoryPosition at(long next, @Nullable MissingNumbers waitedFor) {
    return new HistoryPosition(epoch, next, waitedFor);
  }
}
