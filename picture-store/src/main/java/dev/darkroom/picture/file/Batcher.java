package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Passes request ids on in batches until the consumer declines. */
public final class Batcher {
  private final int size;
  private final Predicate<List<RequestId>> take;
  private final List<RequestId> pending = new ArrayList<>();

  public Batcher(int size, Predicate<List<RequestId>> take) {
    this.size = size;
    this.take = take;
  }

  /**
   * Adds an id; consecutive duplicates count once.
   *
   * @return whether to continue
   */
  public boolean add(RequestId id) {
    if (pending.isEmpty() || !pending.getLast().equals(id)) {
      pending.add(id);
    }
    return pending.size() < size || flush();
  }

  /** Passes on what is pending, and says whether to continue. */
  public boolean flush() {
    var batch = List.copyOf(pending);
    pending.clear();
    return batch.isEmpty() || take.test(batch);
  }
}
