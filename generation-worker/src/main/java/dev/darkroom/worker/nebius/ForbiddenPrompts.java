package dev.darkroom.worker.nebius;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * The prompts that were answered with 403. A firewall refuses single prompts with the same status
 * as a provider that refuses the key; only how many different prompts meet it, with no success in
 * between, tells one from the other. Not safe for use by several threads.
 */
final class ForbiddenPrompts {
  /** With fewer it may always be the prompts. */
  static final int DIFFERENT = 3;

  /** So many are believed even while other calls are under way that might still succeed. */
  static final int BEYOND_DOUBT = 20;

  private static final int REMEMBERED = 1_000;

  private final SequencedMap<String, Instant> undecided = new LinkedHashMap<>();
  private final SequencedSet<String> atFault = new LinkedHashSet<>();

  void add(String prompt, Instant now) {
    if (!atFault.contains(prompt)) {
      undecided.put(prompt, now);
      if (undecided.size() > REMEMBERED) {
        undecided.pollFirstEntry();
      }
    }
  }

  boolean contains(String prompt) {
    return undecided.containsKey(prompt) || atFault.contains(prompt);
  }

  /** Whether other calls came through after it had been refused: it is no sign of anything else. */
  boolean isAtFault(String prompt) {
    return atFault.contains(prompt);
  }

  /**
   * A call has come through: what was refused before it began was refused for its prompt.
   *
   * @param begun when that call did
   */
  void accessProved(Instant begun) {
    undecided
        .entrySet()
        .removeIf(refused -> {
          var before = !refused.getValue().isAfter(begun);
          if (before) {
            atFault.add(refused.getKey());
          }
          return before;
        });
    while (atFault.size() > REMEMBERED) {
      atFault.removeFirst();
    }
  }

  /**
   * Whether the refusals concern all jobs.
   *
   * @param underWay prompts of other calls that may succeed in a moment
   */
  boolean concernAll(Collection<String> underWay) {
    return undecided.size() >= BEYOND_DOUBT
        || (undecided.size() >= DIFFERENT && underWay.stream().allMatch(this::contains));
  }
}
