package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.extras.stream.News.Joined;
import dev.darkroom.gateway.extras.stream.News.StepTaken;
import dev.darkroom.gateway.extras.stream.News.WentBack;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.log.NumberedStep;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * All who listen to this gateway. One that joins hears up to where the log was handed out at that
 * moment, and each step after it; nothing that is done here waits for any of them.
 */
@Component
final class Listeners {
  private final Set<Listener> all = new HashSet<>();
  private final Map<String, Set<Listener>> byUser = new HashMap<>();
  private final Map<RequestId, Set<Listener>> byRequest = new HashMap<>();
  private final int most;
  private final WriteEvents write;
  private final InstantSource clock;
  private final Counter dropped;
  private final Counter told;
  private final Timer delay;
  private final RefusalLog refusals;
  private final Map<Reset, Counter> resets = new EnumMap<>(Reset.class);

  /** Empty as long as nobody reads the log. */
  private OptionalLong position = OptionalLong.empty();

  private boolean open;

  Listeners(
      LiveSettings settings,
      WriteEvents write,
      InstantSource clock,
      MeterRegistry meters,
      RefusalLog refusals) {
    this.refusals = refusals;
    this.most = settings.listeners();
    this.write = write;
    this.clock = clock;
    Gauge.builder("darkroom.live.listeners", this, Listeners::count)
        .description("Streams of steps that this gateway serves")
        .register(meters);
    dropped =
        Counter.builder("darkroom.live.dropped")
            .description("Streams that were ended because their client did not keep up")
            .register(meters);
    told =
        Counter.builder("darkroom.live.steps")
            .description("Steps handed to listeners; one that two hear counts twice")
            .register(meters);
    delay =
        Timer.builder("darkroom.live.delay")
            .description("From a step's timestamp until it is handed to listeners")
            .register(meters);
    for (var reset : Reset.values()) {
      resets.put(
          reset,
          Counter.builder("darkroom.live.resets")
              .description("Streams whose client was told to forget what it heard, by reason")
              .tag("reason", reset.word())
              .register(meters));
    }
  }

  /** False where there are too many already, or the gateway stops. */
  synchronized boolean join(Listener listener) {
    if (!open || all.size() >= most) {
      return false;
    }
    all.add(listener);
    switch (listener.wanted()) {
      case Wanted.OfUser(var userId) -> among(byUser, userId).add(listener);
      case Wanted.OfRequests(var ids) -> ids.forEach(id -> among(byRequest, id).add(listener));
    }
    position.ifPresent(upTo -> listener.tell(new Joined(upTo)));
    notifyAll();
    return true;
  }

  private static <K> Set<Listener> among(Map<K, Set<Listener>> listeners, K key) {
    return listeners.computeIfAbsent(key, _ -> new HashSet<>(2));
  }

  /** The client of a stream is told to forget what it heard. */
  void countReset(Reset why) {
    Objects.requireNonNull(resets.get(why)).increment();
  }

  synchronized void leave(Listener listener) {
    all.remove(listener);
    switch (listener.wanted()) {
      case Wanted.OfUser(var userId) -> without(byUser, userId, listener);
      case Wanted.OfRequests(var ids) -> ids.forEach(id -> without(byRequest, id, listener));
    }
  }

  private static <K> void without(Map<K, Set<Listener>> listeners, K key, Listener listener) {
    listeners.computeIfPresent(
        key,
        (_, some) -> {
          some.remove(listener);
          return some.isEmpty() ? null : some;
        });
  }

  /** Hands out steps, all that there are up to a number. */
  synchronized void hear(List<NumberedStep> steps, long upTo) {
    for (var step : steps) {
      hear(step);
    }
    if (position.isEmpty()) {
      all.forEach(listener -> listener.tell(new Joined(upTo)));
    }
    position = OptionalLong.of(upTo);
  }

  /** All that was handed out is void; where the log ends is forgotten until it is read anew. */
  synchronized void logWentBack() {
    position = OptionalLong.empty();
    all.forEach(listener -> {
      countReset(Reset.LEDGER_WENT_BACK);
      listener.tellInstead(new WentBack());
    });
  }

  private void hear(NumberedStep step) {
    var user = byUser.getOrDefault(step.row().userId(), Set.of());
    var request = byRequest.getOrDefault(step.row().requestId(), Set.of());
    if (position.isEmpty() || (user.isEmpty() && request.isEmpty())) {
      return; // those who have just come find it in the ledger
    }
    var taken = write.of(step);
    Stream.concat(user.stream(), request.stream()).forEach(listener -> tell(listener, taken));
    var took = Duration.between(step.row().createdAt(), clock.instant());
    delay.record(took.isNegative() ? Duration.ZERO : took);
  }

  private void tell(Listener listener, StepTaken step) {
    told.increment();
    if (!listener.tell(step)) {
      dropped.increment();
      refusals.count("slow_listener"); // its stream ends, and its client may resume it
    }
  }

  /** Waits until somebody listens. */
  synchronized void awaitSome() throws InterruptedException {
    while (open && all.isEmpty()) {
      wait();
    }
  }

  /** Whether nobody listens; then nobody has to read the log until somebody does. */
  synchronized boolean areGone() {
    if (!all.isEmpty()) {
      return false;
    }
    position = OptionalLong.empty();
    return true;
  }

  synchronized int count() {
    return all.size();
  }

  synchronized void open() {
    open = true;
    position = OptionalLong.empty();
  }

  /** Ends all streams; where the log ends is forgotten until it is read anew. */
  synchronized void endAll() {
    position = OptionalLong.empty();
    all.forEach(Listener::end);
  }

  /** Ends all streams, and lets nobody join any more. */
  synchronized void close() {
    open = false;
    endAll();
    notifyAll();
  }
}
