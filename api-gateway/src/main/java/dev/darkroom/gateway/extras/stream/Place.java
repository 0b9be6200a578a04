package dev.darkroom.gateway.extras.stream;

import org.jspecify.annotations.Nullable;

/**
 * Where in the log a stream begins: after this step.
 *
 * @param heard whether its client has heard that step, and so must not hear it or one before it
 *     again
 * @param reset why its client has to begin anew; null where it does not
 */
record Place(long after, boolean heard, @Nullable Reset reset) {
  static final Place START = new Place(0, false);

  Place(long after, boolean heard) {
    this(after, heard, null);
  }

  /** For a client that heard a step which is not in this ledger. */
  static Place anewAfter(long step) {
    return new Place(step, false, Reset.UNKNOWN_EVENT);
  }
}
