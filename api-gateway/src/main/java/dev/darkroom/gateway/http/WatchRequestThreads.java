package dev.darkroom.gateway.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when no virtual thread is carried out any more, and so no request: those that load or
 * initialize a class hold their carriers, and may wait for one that needs a carrier itself (<a
 * href="https://bugs.openjdk.org/browse/JDK-8369238">JDK-8369238</a>). Such a process looks alive
 * and helps nobody, so it ends, and whoever supervises it starts it again.
 */
final class WatchRequestThreads {
  /** What is counted is rounds and not time, of which a frozen process knows nothing. */
  static final int ROUNDS = 30;

  private static final Logger log = LoggerFactory.getLogger(WatchRequestThreads.class);

  private final Consumer<Runnable> start;
  private final Runnable end;
  private AtomicBoolean ran = new AtomicBoolean(true);
  private int roundsWithout;

  /**
   * @param start starts a virtual thread
   * @param end ends this process at once
   */
  WatchRequestThreads(Consumer<Runnable> start, Runnable end) {
    this.start = start;
    this.end = end;
  }

  /** Never has more to do at once. */
  boolean round() {
    if (ran.get()) {
      roundsWithout = 0;
      var next = new AtomicBoolean();
      ran = next;
      start.accept(() -> next.set(true));
    } else if (++roundsWithout == ROUNDS) {
      log.atError()
          .addKeyValue("rounds", ROUNDS)
          .log("no request is carried out any more; this process ends, to be started again");
      end.run();
    }
    return false;
  }
}
