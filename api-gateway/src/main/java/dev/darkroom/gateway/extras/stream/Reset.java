package dev.darkroom.gateway.extras.stream;

/** Why a client has to forget what it heard and begin anew. */
enum Reset {
  /** The ledger was restored, begun afresh, or lost its last steps in a failover. */
  LEDGER_WENT_BACK("ledger_went_back"),
  /** The step that the client heard last is not in this ledger. */
  UNKNOWN_EVENT("unknown_event");

  private final String word;

  Reset(String word) {
    this.word = word;
  }

  /** As in the event's data, and in the metric. */
  String word() {
    return word;
  }
}
