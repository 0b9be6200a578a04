package dev.darkroom.worker.nebius;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * Prompts that were answered with 403, by a firewall that refuses single prompts or by a provider
 * that refuses the key: the number of different prompts without a success in between tells which.
 * Not thread-safe.
 */
final class ForbiddenPrompts {
  private static final int SUSPICIOUS = 3;

  /** This many are believed even while other calls are under way that might still succeed. */
  private static final int BEYOND_DOUBT = 20;

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

  /** Whether other calls succeeded after it was refused, so that its refusal says no more. */
  boolean isAtFault(String prompt) {
    return atFault.contains(prompt);
  }

  /** A call that began then has succeeded: earlier refusals were refusals of their prompts. */
  void accessProved(Instant begun) {
    undecided
        .entrySet()
        .removeIf(refused -> !refused.getValue().isAfter(begun) && atFault.add(refused.getKey()));
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
        || (undecided.size() >= SUSPICIOUS && underWay.stream().allMatch(this::contains));
  }
}
