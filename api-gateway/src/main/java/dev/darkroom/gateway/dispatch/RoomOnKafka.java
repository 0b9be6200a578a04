package dev.darkroom.gateway.dispatch;

/**
 * How many jobs Kafka may hold that no worker has taken up, and how many of them this gateway may
 * add on its own until the ledger is looked at again. Kafka hands records out in the order in which
 * they came, so a job waits for all of them, whosever they are: there are no more than keep workers
 * busy, which is twice what they took up between two looks, and a few in any case.
 */
final class RoomOnKafka {
  private static final int LARGEST = 10_000;

  private final int smallest;
  private int size;
  private int free;
  private int ahead;
  private boolean othersWait;

  RoomOnKafka(int smallest) {
    this.smallest = smallest;
    this.size = smallest;
    this.free = smallest;
  }

  /** Jobs that may be on Kafka and not taken up. */
  synchronized int size() {
    return size;
  }

  /** Takes room for so many jobs, or for as many as there is room for. */
  synchronized int take(int jobs) {
    var taken = Math.min(jobs, free);
    free -= taken;
    ahead += taken;
    return taken;
  }

  /** Whether a look could change anything; only another gateway's doing is not known here. */
  synchronized boolean isTouched() {
    return othersWait || ahead > 0;
  }

  /** Whether somebody may be waiting for the next look: for their turn, or soon for more room. */
  synchronized boolean isScarce() {
    return othersWait || 2 * free < size;
  }

  /**
   * What the ledger says.
   *
   * @param untaken jobs on Kafka before the look
   * @param letGo jobs that go there now
   * @param othersWait more have to wait for their turn, and no new one may go before them
   * @param rounds in which there could have been a look since the last one, this one among them
   */
  synchronized void looked(int untaken, int letGo, boolean othersWait, int rounds) {
    var takenUp = Math.max(0, ahead - untaken);
    ahead = untaken + letGo;
    size = sizeAfter(Math.ceilDiv(takenUp, rounds));
    free = othersWait ? 0 : Math.max(0, size - ahead);
    this.othersWait = othersWait;
  }

  /** It grows at once and shrinks slowly, because workers take jobs up in bursts. */
  private int sizeAfter(int takenUp) {
    var wanted = Math.clamp(2L * takenUp, smallest, LARGEST);
    var shrunk = size - Math.max(1, size / 8);
    return Math.max(wanted, Math.max(shrunk, Math.min(ahead, size)));
  }
}
