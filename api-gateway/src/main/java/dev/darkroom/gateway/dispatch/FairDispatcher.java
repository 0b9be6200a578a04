package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.FairQueue.DispatchBatch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Publishes jobs in the order of their turns as workers claim those before them: jobs that waited
 * for their turn when they were accepted, retries whose time has come, rescued jobs, and those
 * whose record is lost.
 */
@Component
final class FairDispatcher {
  private static final Logger log = LoggerFactory.getLogger(FairDispatcher.class);

  /** While the window has room, only retries and other gateways' jobs wait for the next look. */
  private static final int ROUNDS_WITH_ROOM = 10;

  /** Jobs are held back in each short burst; only a longer time is logged. */
  private static final Duration WORTH_LOGGING = Duration.ofSeconds(5);

  private final FairQueue fairQueue;
  private final JobPublisher publisher;
  private final ProducerHealth producerHealth;
  private final DispatchWindow window;
  private final int batchSize;
  private final Clock clock;
  private final Counter dispatched;
  private int roundsSinceLook;
  private boolean more;
  private @Nullable Instant heldBackSince;
  private boolean logged;

  FairDispatcher(
      FairQueue fairQueue,
      JobPublisher publisher,
      ProducerHealth producerHealth,
      DispatchWindow window,
      OutboxSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.fairQueue = fairQueue;
    this.publisher = publisher;
    this.producerHealth = producerHealth;
    this.window = window;
    this.batchSize = settings.batch();
    this.clock = clock;
    this.dispatched =
        Counter.builder("darkroom.outbox.in.turn")
            .description("Jobs that this gateway published in their turn")
            .register(meters);
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
        .dispatch(window.size(), limit)
        .map(batch -> publish(batch, limit))
        .orElse(false);
  }

  private boolean publish(DispatchBatch batch, int limit) {
    window.looked(batch.unclaimed(), batch.jobs().size(), batch.othersWait());
    logHoldingBack(batch.othersWait());
    dispatched.increment(batch.jobs().size());
    publisher.sendAndAwait(batch.jobs());
    return batch.jobs().size() == limit && !producerHealth.isStalled();
  }

  private void logHoldingBack(boolean heldBack) {
    if (!heldBack) {
      if (logged) {
        log.info("no job is held back any more");
      }
      heldBackSince = null;
      logged = false;
    } else if (heldBackSince == null) {
      heldBackSince = clock.instant();
    } else if (!logged && heldBackSince.plus(WORTH_LOGGING).isBefore(clock.instant())) {
      logged = true;
      log.info(
          "more jobs wait than workers claim; they are held back in the ledger and published in turn");
    }
  }
}
