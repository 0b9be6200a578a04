package dev.darkroom.worker.nebius;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;

/**
 * The prompts that were answered with 403 since a call last succeeded. A firewall refuses single
 * prompts with the same status as a provider that refuses the key; only how many different prompts
 * meet it, with no success in between, tells one from the other. Not safe for use by several
 * threads.
 */
final class ForbiddenPrompts {
  /** With fewer it may always be the prompts. */
  static final int DIFFERENT = 3;

  /** So many are believed even while other calls are under way that might still succeed. */
  static final int BEYOND_DOUBT = 20;

  private static final int REMEMBERED = 200;

  private final LinkedHashSet<String> prompts = new LinkedHashSet<>();

  void add(String prompt) {
    prompts.add(prompt);
    if (prompts.size() > REMEMBERED) {
      Iterator<String> oldest = prompts.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  boolean contains(String prompt) {
    return prompts.contains(prompt);
  }

  /** A call has come through: what was refused was refused for its prompt. */
  void clear() {
    prompts.clear();
  }

  /**
   * Whether the refusals concern all jobs.
   *
   * @param underWay prompts of other calls that may succeed in a moment
   */
  boolean concernAll(Collection<String> underWay) {
    return prompts.size() >= BEYOND_DOUBT
        || (prompts.size() >= DIFFERENT && prompts.containsAll(underWay));
  }
}
