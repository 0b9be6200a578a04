package dev.darkroom.worker.consume;

import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * How far a partition may be committed: up to the first record that is neither accepted nor given
 * back, as a commit covers everything before it.
 */
final class PartitionProgress {
  private static final long NOTHING_YET = -1;

  private final NavigableSet<Long> open = new TreeSet<>();
  private long next = NOTHING_YET;
  private long committed = NOTHING_YET;

  /**
   * @param isJob whether it has to be accepted or given back
   */
  void received(long offset, boolean isJob) {
    if (isJob) {
      open.add(offset);
    }
    next = offset + 1;
  }

  void accepted(long offset) {
    open.remove(offset);
  }

  /** Everything from there on is going to be received again. */
  void rewind(long offset) {
    open.tailSet(offset, true).clear();
    next = Math.min(next, offset);
  }

  /** The offset at which the partition's next owner should go on; it never goes back. */
  OptionalLong toCommit() {
    committed = Math.max(committed, open.isEmpty() ? next : open.first());
    return committed == NOTHING_YET ? OptionalLong.empty() : OptionalLong.of(committed);
  }
}
