package dev.darkroom.gateway.live;

/**
 * Where in the log a stream begins: after this step.
 *
 * @param heard whether its client has heard that step, and so must not hear it or one before it
 *     again
 */
record Place(long after, boolean heard) {
  static final Place START = new Place(0, false);
}
