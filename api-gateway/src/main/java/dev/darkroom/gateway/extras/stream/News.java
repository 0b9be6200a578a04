package dev.darkroom.gateway.extras.stream;

import dev.darkroom.model.RequestId;

/** What a listener hears. */
sealed interface News {
  /**
   * All steps after this number will follow; those up to it are in the ledger.
   *
   * @param upTo the number of a step
   */
  record Joined(long upTo) implements News {}

  /**
   * A step was taken.
   *
   * @param last no other step of this request will follow
   * @param event as it goes to the client; shared by all who hear it, and never changed
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record StepTaken(long seq, RequestId requestId, boolean last, byte[] event) implements News {}

  /**
   * The ledger is not the one that was told from until now. Nothing that was heard holds any more;
   * {@link Joined} follows.
   */
  record WentBack() implements News {}

  /** For a while nothing has happened. */
  record Nothing() implements News {}

  /** There will be no more: the listener was too slow, or the gateway stops. */
  record Over() implements News {}
}
