package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.CallIntent;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens of this worker's claims. A claim whose answer did not come may have been carried out,
 * or be carried out later, when what was held back on its way arrives. So its token stays the one
 * to ask under until all is decided that was ever asked under it, and is watched for a while after
 * that.
 */
final class ClaimTokens {
  /** Longer than any network keeps what it has not delivered. */
  private static final Duration WATCHED = Duration.ofMinutes(10);

  private final Map<RequestId, CallIntent> undecided = new HashMap<>();
  private final Map<UUID, Long> unanswered = new ConcurrentHashMap<>();
  private UUID current = UUID.randomUUID();

  /** Of the next claim. */
  UUID current() {
    return current;
  }

  /** The claim of these brought no answer. */
  void unanswered(Map<RequestId, CallIntent> asked) {
    undecided.putAll(asked);
    unanswered.put(current, System.nanoTime());
  }

  /** The ledger has decided about these. */
  void decided(Set<RequestId> asked) {
    undecided.keySet().removeAll(asked);
    if (undecided.isEmpty()) {
      current = UUID.randomUUID();
    }
  }

  /** The ledger has said all that it holds under these tokens; there is nothing left to ask. */
  void settled() {
    decided(Set.copyOf(undecided.keySet()));
  }

  /** Those of the jobs that were asked for under the current token, and are not decided. */
  Map<RequestId, CallIntent> undecided(Collection<RequestId> jobs, int limit) {
    var found = new HashMap<RequestId, CallIntent>();
    jobs.stream()
        .filter(undecided::containsKey)
        .limit(limit)
        .forEach(id -> found.put(id, undecided.get(id)));
    return Map.copyOf(found);
  }

  /** Tokens under which the ledger may hold jobs that this worker never heard of. */
  List<UUID> watched() {
    var now = System.nanoTime();
    unanswered.values().removeIf(failed -> now - failed > WATCHED.toNanos());
    return List.copyOf(unanswered.keySet());
  }
}
