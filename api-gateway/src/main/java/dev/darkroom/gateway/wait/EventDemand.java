package dev.darkroom.gateway.wait;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Whether anybody wants to be woken by events. While nobody does, they are not fetched: a fetch for
 * each event would cost the broker and this gateway about as much as the job itself.
 */
@Component
public final class EventDemand {
  private static final Duration LASTS = Duration.ofSeconds(10);

  private final long lasts;
  private final Semaphore risen = new Semaphore(0);
  private volatile long latest = System.nanoTime();

  @Autowired
  public EventDemand() {
    this(LASTS);
  }

  /**
   * @param lasts how long after somebody waited
   */
  EventDemand(Duration lasts) {
    this.lasts = lasts.toNanos();
  }

  /** Somebody waits from now on; to be called again while that lasts. */
  public void arise() {
    var lapsed = !lasts();
    latest = System.nanoTime();
    if (lapsed) {
      risen.release();
    }
  }

  /** For a while after the latest one, as clients come one after the other. */
  boolean lasts() {
    return System.nanoTime() - latest < lasts;
  }

  /** Returns when there is a demand, or after this time. */
  void await(Duration atMost) throws InterruptedException {
    var _ = risen.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
    risen.drainPermits();
  }
}
