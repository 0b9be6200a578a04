package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.FairQueue.DispatchBatch;
import org.springframework.stereotype.Component;

/**
 * Publishes jobs in the order of their turns as workers claim those before them: jobs that waited
 * for their turn when they were accepted, retries whose time has come, rescued jobs, and those
 * whose record is lost.
 */
@Component
final class FairDispatcher {
  /** While the window has room, only retries and other gateways' jobs wait for the next look. */
  private static final int ROUNDS_WITH_ROOM = 10;

  private final FairQueue fairQueue;
  private final JobPublisher publisher;
  private final ProducerHealth producerHealth;
  private final DispatchWindow window;
  private final int batchSize;
  private int roundsSinceLook;
  private boolean more;

  FairDispatcher(
      FairQueue fairQueue,
      JobPublisher publisher,
      ProducerHealth producerHealth,
      DispatchWindow window,
      OutboxSettings settings) {
    this.fairQueue = fairQueue;
    this.publisher = publisher;
    this.producerHealth = producerHealth;
    this.window = window;
    this.batchSize = settings.batch();
  }

  /** True if there may be more to do at once. */
  boolean round() {
    roundsSinceLook++;
    if (!more && !window.isScarce() && roundsSinceLook < ROUNDS_WITH_ROOM) {
      return false;
    }
    roundsSinceLook = 0;
    var drawn = fairQueue.drawForDue(batchSize);
    var fullBatch = !producerHealth.isLeftToOthers() && dispatch();
    more = fullBatch || drawn == batchSize;
    return more;
  }

  private boolean dispatch() {
    // While Kafka is away one job probes it; a whole batch would only be reserved in vain.
    var limit = producerHealth.isStalled() ? 1 : batchSize;
    return fairQueue
        .dispatch(window.size(), window.spare(), limit)
        .map(batch -> publish(batch, limit))
        .orElse(false);
  }

  private boolean publish(DispatchBatch batch, int limit) {
    window.looked(batch.unclaimed(), batch.jobs().size(), batch.othersWait());
    publisher.sendAndAwait(batch.jobs());
    return batch.jobs().size() == limit && !producerHealth.isStalled();
  }
}
