package dev.darkroom.worker.limit;

import dev.darkroom.simulator.RequestQuota;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Workers that always have jobs, on a clock that moves from event to event. Their permits and
 * Nebius's rules are the real ones; calls and network are times.
 */
final class SimulatedFleet {
  /** All slots together suffice for 20 times 60 calls a minute of 13 s. */
  private static final int SLOTS = 320;

  private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(50);

  private final VirtualClock clock;
  private final RequestQuota nebius;
  private final Random random = new Random(1);
  private final PriorityQueue<FleetEvent> events =
      new PriorityQueue<>(
          Comparator.comparingLong(FleetEvent::at).thenComparingLong(FleetEvent::number));
  private final List<FleetWorker> workers = new ArrayList<>();
  private long eventNumber;
  private long calls;
  private long refused;

  private record FleetEvent(long at, long number, Runnable what) {}

  /** What limits one worker. */
  interface LimitedBy {
    CallPermits permits();

    /** Runs every 50 ms. */
    void round();
  }

  SimulatedFleet(VirtualClock clock, RequestQuota nebius, List<? extends LimitedBy> limits) {
    this.clock = clock;
    this.nebius = nebius;
    limits.forEach(limit -> workers.add(new FleetWorker(limit, SLOTS / limits.size())));
    workers.forEach(worker -> later(random.nextLong(1_000), worker::round));
  }

  void run(Duration time) {
    var end = clock.nanos() + time.toNanos();
    while (true) {
      var next = events.peek();
      if (next == null || next.at > end) {
        clock.pass(Duration.ofNanos(end - clock.nanos()));
        return;
      }
      events.remove();
      clock.pass(Duration.ofNanos(Math.max(0, next.at - clock.nanos())));
      next.what.run();
    }
  }

  long calls() {
    return calls;
  }

  long refused() {
    return refused;
  }

  List<Long> callsOfEach() {
    return workers.stream().map(worker -> worker.made).toList();
  }

  private void later(long millis, Runnable what) {
    events.add(
        new FleetEvent(clock.nanos() + TimeUnit.MILLISECONDS.toNanos(millis), eventNumber++, what));
  }

  private long between(long least, long most) {
    return random.nextLong(least, most);
  }

  private final class FleetWorker {
    private final LimitedBy limit;
    private int free;
    private long pausedUntil;
    private long made;

    FleetWorker(LimitedBy limit, int slots) {
      this.limit = limit;
      this.free = slots;
      this.pausedUntil = clock.nanos();
      limit.permits().serve(this::usableSlots, this::go);
    }

    private void round() {
      limit.round();
      go();
      events.add(new FleetEvent(clock.nanos() + ROUND, eventNumber++, this::round));
    }

    private void go() {
      var jobs = Math.min(usableSlots(), limit.permits().available());
      limit.permits().spend(jobs);
      free -= jobs;
      made += jobs;
      IntStream.range(0, jobs).forEach(_ -> call());
    }

    private int usableSlots() {
      return clock.nanos() < pausedUntil ? 0 : free;
    }

    private void call() {
      later(
          between(5, 150),
          () -> {
            var verdict = nebius.admit();
            calls++;
            refused += verdict.admitted() ? 0 : 1;
            later(verdict.admitted() ? between(7_000, 13_000) : between(5, 50), () -> end(verdict));
          });
    }

    private void end(RequestQuota.Verdict verdict) {
      free++;
      if (verdict.admitted()) {
        limit.permits().observe(verdict.headers()::get);
        return;
      }
      var seconds = (verdict.retryAfter().toMillis() + 999) / 1000;
      limit.permits().refused(Duration.ofSeconds(seconds));
      pausedUntil = Math.max(pausedUntil, clock.nanos() + TimeUnit.SECONDS.toNanos(seconds));
    }
  }
}
