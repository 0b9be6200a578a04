package dev.darkroom.worker.limit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The calls of the last minute, by half seconds, the latest first. A call counts for a little more
 * than a minute, so that one which was slow on its way to Nebius is not met there by another that
 * was quick.
 *
 * @param slot the half second of the first count, since the epoch
 */
record Spending(long slot, List<Integer> counts) {
  private static final long SLOT = 500;
  private static final int SLOTS = 122;

  Spending {
    counts = List.copyOf(counts);
  }

  static Spending none(long now) {
    return new Spending(now / SLOT, List.of());
  }

  /** What of it still counts now. */
  Spending at(long now) {
    var shift = now / SLOT - slot;
    if (shift <= 0) {
      return this;
    }
    var shifted = new ArrayList<Integer>(SLOTS);
    shifted.addAll(Collections.nCopies((int) Math.min(shift, SLOTS), 0));
    counts.stream().limit(SLOTS - shifted.size()).forEach(shifted::add);
    return new Spending(now / SLOT, shifted);
  }

  /** With calls made now, or a moment ago; time never runs backwards here. */
  Spending plus(int calls, long now) {
    var current = at(now);
    if (calls == 0) {
      return current;
    }
    var more = new ArrayList<>(current.counts);
    if (more.isEmpty()) {
      more.add(calls);
    } else {
      more.set(0, more.getFirst() + calls);
    }
    return new Spending(current.slot, more);
  }

  int calls() {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  /** When so many of these calls will no longer count; the latest of all, if there are fewer. */
  long without(int calls) {
    var gone = 0;
    var age = counts.size();
    while (age > 1 && gone < calls) {
      gone += counts.get(--age);
    }
    return (slot - age + SLOTS) * SLOT;
  }
}
