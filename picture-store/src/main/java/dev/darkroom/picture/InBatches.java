package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Collects what is found, and hands it out in batches for as long as somebody takes them. */
final class InBatches {
  private final int size;
  private final Predicate<List<RequestId>> take;
  private final List<RequestId> found = new ArrayList<>();

  InBatches(int size, Predicate<List<RequestId>> take) {
    this.size = size;
    this.take = take;
  }

  /**
   * Takes what was found next; the same one several times in a row counts once.
   *
   * @return whether to go on
   */
  boolean add(RequestId id) {
    if (found.isEmpty() || !found.getLast().equals(id)) {
      found.add(id);
    }
    return found.size() < size || end();
  }

  /** Hands out what is left. */
  boolean end() {
    var batch = List.copyOf(found);
    found.clear();
    return batch.isEmpty() || take.test(batch);
  }
}
