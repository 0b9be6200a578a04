package dev.darkroom.worker.consume;

/** What the intake does now. */
enum IntakeState {
  TAKES_JOBS("takes jobs"),
  AWAITS_ROOM(
      "waits for room: all slots are busy, the way to Nebius is closed, or the quota is used up"),
  AWAITS_LEDGER("waits for the ledger, which does not answer"),
  AWAITS_TOPICS("waits for Kafka, whose topics can't be seen"),
  JOINS_GROUP("joins the group of workers; until it has, it gets no jobs"),
  STOPPED("stopped"),
  DIED("died of an error and takes no jobs; restart this worker");

  private final String inWords;

  IntakeState(String inWords) {
    this.inWords = inWords;
  }

  String inWords() {
    return inWords;
  }
}
