package dev.darkroom.worker.consume;

import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * How far a partition may be committed: up to the first record that has not been let go of, as a
 * commit covers everything before it.
 */
final class PartitionProgress {
  private static final long NOTHING_YET = -1;

  private final NavigableSet<Long> inHand = new TreeSet<>();
  private long next = NOTHING_YET;
  private long committed = NOTHING_YET;

  /** A job was received; it is in hand now. */
  void received(long offset) {
    inHand.add(offset);
    next = offset + 1;
  }

  /** A record was received that is no job; nobody has to let go of it. */
  void passedOver(long offset) {
    next = offset + 1;
  }

  void letGo(long offset) {
    inHand.remove(offset);
  }

  /** Everything from there on is going to be received again. */
  void rewind(long offset) {
    inHand.tailSet(offset, true).clear();
    next = Math.min(next, offset);
  }

  /** A commit failed, as it may while partitions are shared out; the next one makes up for it. */
  void notCommitted() {
    committed = NOTHING_YET;
  }

  /** The offset the partition's next owner should go on from; empty if that was said before. */
  OptionalLong toCommit() {
    var reached = inHand.isEmpty() ? next : inHand.first();
    if (reached <= committed) {
      return OptionalLong.empty();
    }
    committed = reached;
    return OptionalLong.of(reached);
  }
}
