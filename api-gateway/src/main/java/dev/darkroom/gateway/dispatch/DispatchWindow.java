package dev.darkroom.gateway.dispatch;

/**
 * How many jobs Kafka may hold that no worker has claimed, and how many of them this gateway may
 * add on its own until the next look into the ledger. Kafka delivers records in the order in which
 * they came, so a job waits for all of them, whosever they are. The window is as small as keeps
 * workers busy: twice what they claimed between two looks, and a few in any case. While others wait
 * for their turn, no more are added than workers have free slots for, and a few to spare.
 */
final class DispatchWindow {
  private static final int LARGEST = 10_000;

  /** So many times smaller than the smallest window is what there is to spare. */
  private static final int SPARE = 8;

  private final int smallest;
  private int size;
  private int unclaimed;
  private boolean othersWait;

  DispatchWindow(int smallest) {
    this.smallest = smallest;
    this.size = smallest;
  }

  /** Jobs that may be on Kafka and unclaimed. */
  synchronized int size() {
    return size;
  }

  /**
   * Jobs that may be on Kafka and unclaimed while all workers are busy: the window as long as
   * nobody waits, otherwise a few, for slots that become free before the next look.
   */
  synchronized int spare() {
    return othersWait ? Math.ceilDiv(smallest, SPARE) : size;
  }

  /** Takes room for so many jobs, or for as many as there is room for. */
  synchronized int take(int jobs) {
    var taken = Math.min(jobs, free());
    unclaimed += taken;
    return taken;
  }

  /** Gives back room that was taken and not used. */
  synchronized void giveBack(int jobs) {
    unclaimed = Math.max(0, unclaimed - jobs);
  }

  /** Whether jobs wait for the next look: for their turn, or soon for more room. */
  synchronized boolean isScarce() {
    return othersWait || 2 * free() < size;
  }

  /**
   * What the ledger says.
   *
   * @param before unclaimed jobs before the look
   * @param dispatched jobs that are published now
   * @param moreWait more jobs wait for their turn, and no new one may go before them
   */
  synchronized void looked(int before, int dispatched, boolean moreWait) {
    var claimed = Math.max(0, unclaimed - before);
    unclaimed = before + dispatched;
    othersWait = moreWait;
    size = sizeAfter(claimed);
  }

  private int free() {
    return othersWait ? 0 : Math.max(0, size - unclaimed);
  }

  /** It grows at once and shrinks slowly, because workers claim jobs in bursts. */
  private int sizeAfter(int claimed) {
    var wanted = Math.clamp(2L * claimed, smallest, LARGEST);
    var shrunk = size - Math.max(1, size / 8);
    return Math.max(wanted, Math.max(shrunk, Math.min(unclaimed, size)));
  }
}
