package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.extras.stream.SseEncoder.ResetReason;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.wait.EventArrivalListener;
import dev.darkroom.gateway.wait.EventDemand;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.ledger.log.LogTail.TailBatch;
import dev.darkroom.ledger.log.LogTail.TailPosition;
import dev.darkroom.ledger.loop.LoopRound;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Reads new steps once for all streams of this gateway, and dispatches them without waiting for a
 * client. Events from Kafka start a round; as they may be lost, and not every step has one, a round
 * also starts after a pause. Without streams nothing is read.
 */
final class SseHub implements LoopRound, EventArrivalListener {
  private final Supplier<LogTail> tails;
  private final SseEncoder encoder;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final RefusalLog refusals;
  private final EventDemand demand;
  private final Counter dropped;
  private final Counter dispatched;
  private final Timer delay;
  private final Semaphore wakeUps = new Semaphore(0);
  private final Set<SseStream> streams = ConcurrentHashMap.newKeySet();

  /** Null where there are no streams. */
  private @Nullable LogTail tail;

  /** Up to here steps were dispatched. */
  private TailPosition position = new TailPosition(0, Set.of());

  private boolean more;
  private boolean stopping;

  SseHub(
      Supplier<LogTail> tails,
      SseEncoder encoder,
      StreamSettings settings,
      InstantSource clock,
      MeterRegistry meters,
      RefusalLog refusals,
      EventDemand demand) {
    this.demand = demand;
    this.tails = tails;
    this.encoder = encoder;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
    this.refusals = refusals;
    Gauge.builder("darkroom.live.listeners", streams, Set::size)
        .description("Open streams of this gateway")
        .register(meters);
    dropped =
        counter("darkroom.live.dropped", "Streams that ended because their client was too slow");
    dispatched =
        counter("darkroom.live.steps", "Steps added to streams; one in two streams counts twice");
    delay =
        Timer.builder("darkroom.live.delay")
            .description("From a step's timestamp until it is added to streams")
            .register(meters);
    for (var reason : ResetReason.values()) {
      resets(reason);
    }
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(meters);
  }

  private Counter resets(ResetReason reason) {
    return counter(
        "darkroom.live.resets", "Resets sent to clients, by reason", "reason", reason.word());
  }

  void countReset(ResetReason reason) {
    resets(reason).increment();
  }

  /** The position from which on steps are offered; empty where there are too many streams. */
  Optional<TailPosition> join(SseStream stream) {
    // reads the ledger, so the lock is not held
    var begun = needsTail() ? tails.get() : null;
    synchronized (this) {
      if (isFull()) {
        return Optional.empty();
      }
      if (tail == null && begun != null) {
        tail = begun;
        position = begun.position();
        wakeUp();
      }
      if (tail != null) {
        streams.add(stream);
        demand.arise();
        return Optional.of(position);
      }
    }
    return join(stream); // all others left meanwhile
  }

  private synchronized boolean needsTail() {
    return tail == null && !isFull();
  }

  private boolean isFull() {
    return stopping || streams.size() >= settings.listeners();
  }

  synchronized void leave(SseStream stream) {
    streams.remove(stream);
    if (streams.isEmpty()) {
      tail = null;
    }
  }

  @Override
  public boolean run() throws InterruptedException {
    if (!more) {
      var _ = wakeUps.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
      wakeUps.drainPermits();
    }
    more = false;
    var current = current();
    if (current != null) {
      var batch = current.next();
      dispatch(current, batch);
      more = batch.more();
    }
    return more;
  }

  private synchronized @Nullable LogTail current() {
    return tail;
  }

  private synchronized void dispatch(LogTail current, TailBatch batch) {
    if (tail != current) {
      return; // all streams left meanwhile
    }
    try {
      batch.steps().forEach(this::dispatch);
      position = batch.position();
    } catch (RuntimeException e) { // these steps are not read again
      closeAll();
      throw e;
    }
    if (batch.wentBack()) {
      streams.forEach(stream -> {
        countReset(ResetReason.LEDGER_WENT_BACK);
        stream.restart(position);
      });
    }
  }

  private void dispatch(LogEntry step) {
    var interested = streams.stream().filter(stream -> stream.subscription().isFor(step)).toList();
    if (interested.isEmpty()) {
      return;
    }
    var bytes = encoder.step(step);
    for (var stream : interested) {
      dispatched.increment();
      if (!stream.offer(step, bytes)) {
        dropped.increment();
        refusals.count("slow_listener");
      }
    }
    var took = Duration.between(step.createdAt(), clock.instant());
    delay.record(took.isNegative() ? Duration.ZERO : took);
  }

  /** Clients reconnect. */
  private void closeAll() {
    tail = null;
    streams.forEach(SseStream::close);
  }

  /** Runs before the web server stops, which would otherwise wait for the streams. */
  @EventListener(ContextClosedEvent.class)
  synchronized void shutDown() {
    stopping = true;
    closeAll();
  }

  @Override
  public boolean isListening() {
    return !streams.isEmpty();
  }

  @Override
  public void eventsArrived() {
    wakeUp();
  }

  @Override
  public void wakeUp() {
    if (wakeUps.availablePermits() == 0) {
      wakeUps.release();
    }
  }
}
