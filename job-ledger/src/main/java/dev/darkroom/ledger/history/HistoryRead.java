package dev.darkroom.ledger.history;

import dev.darkroom.ledger.jobs.FinishedJob;
import java.util.List;

/** What a reader of the history gets. */
public sealed interface HistoryRead {
  /**
   * Consecutive ends, oldest first.
   *
   * @param ends without those of jobs that were deleted, so there may be none although the history
   *     goes on
   * @param next where the history goes on
   * @param complete whether every end that had been committed when the reader asked was read
   */
  record HistoryPage(List<FinishedJob> ends, HistoryPosition next, boolean complete)
      implements HistoryRead {
    public HistoryPage {
      ends = List.copyOf(ends);
    }
  }

  /** The position is one of another ledger: a backup was restored, or a replica took over. */
  record EpochChanged(String epoch) implements HistoryRead {}
}
