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
 * Workers that always have jobs, on a clock that moves from event to event. Their permits, the
 * quota they share and Nebius's rules are the real ones; intake, database and network are times.
 */
final class SimulatedFleet {
  /** All slots together suffice for 20 times 60 calls a minute of 13 s. */
  private static final int SLOTS = 320;

  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

  private final VirtualClock clock;
  private final RequestQuota nebius;
  private final boolean limitIsTold;
  private final boolean remainderIsTold;
  private final Random random = new Random(1);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final List<Worker> workers = new ArrayList<>();
  private long eventNumber;
  private long calls;
  private long refused;
  private long asks;
  private boolean begun;

  private record Event(long at, long number, Runnable what) {}

  /** What the replies tell. */
  enum Headers {
    ALL,
    REMAINDER,
    NONE
  }

  SimulatedFleet(
      VirtualClock clock, RequestQuota nebius, Headers headers, int size, PermitsOf permits) {
    this.clock = clock;
    this.nebius = nebius;
    this.limitIsTold = headers == Headers.ALL;
    this.remainderIsTold = headers != Headers.NONE;
    IntStream.range(0, size)
        .mapToObj(number -> "worker-" + number)
        .map(name -> new Worker(name, permits.of(name), SLOTS / size))
        .forEach(workers::add);
  }

  /** What a worker asks for permits. */
  interface PermitsOf {
    Answers of(String worker);
  }

  interface Answers {
    Grant answer(Ask ask);
  }

  void run(Duration time) {
    var end = clock.nanos() + time.toNanos();
    if (!begun) {
      workers.forEach(worker -> worker.later(random.nextLong(1_000), worker::go));
      begun = true;
    }
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

  /** How often the workers asked for permits. */
  long asks() {
    return asks;
  }

  /** Calls that each worker has made, in order of the workers. */
  List<Long> callsOfEach() {
    return workers.stream().map(worker -> worker.made).toList();
  }

  /** A worker that is gone, with what it had. */
  void kill(int number) {
    workers.get(number).alive = false;
  }

  private final class Worker {
    private final Answers quota;
    private final PermitStock stock;
    private int free;
    private long pausedUntil;
    private long wakesAt = Long.MAX_VALUE;
    private long made;
    private boolean alive = true;

    Worker(String name, Answers quota, int slots) {
      this.quota = quota;
      this.stock = new PermitStock(name, clock.nanos());
      this.free = slots;
      this.pausedUntil = clock.nanos();
    }

    private void later(long millis, Runnable what) {
      events.add(
          new Event(clock.nanos() + TimeUnit.MILLISECONDS.toNanos(millis), eventNumber++, what));
    }

    /**
     * What intake and keeper do: jobs are taken as far as there are permits, then more is asked.
     */
    private void go() {
      if (!alive) {
        return;
      }
      var now = clock.nanos();
      var jobs = Math.min(usableSlots(), stock.usable(now));
      if (jobs > 0) {
        stock.spend(jobs);
        free -= jobs;
        made += jobs;
        IntStream.range(0, jobs).forEach(_ -> call());
      }
      var askIn = stock.askIn(now, usableSlots());
      if (askIn <= 0) {
        var ask = stock.ask(now, usableSlots());
        asks++;
        later(
            between(1, 3),
            () -> {
              var grant = quota.answer(ask);
              later(
                  between(1, 3),
                  () -> {
                    stock.granted(grant);
                    go();
                  });
            });
      } else {
        wakeIn(Math.min(askIn, stock.usableIn(now)));
      }
    }

    private int usableSlots() {
      return clock.nanos() < pausedUntil ? 0 : free;
    }

    private void wakeIn(long nanos) {
      var at = clock.nanos() + Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(500)) + TICK;
      if (at < wakesAt) {
        wakesAt = at;
        events.add(
            new Event(
                at,
                eventNumber++,
                () -> {
                  if (wakesAt == at) {
                    wakesAt = Long.MAX_VALUE;
                    go();
                  }
                }));
      }
    }

    private void call() {
      var begun = clock.nanos();
      later(
          between(5, 150),
          () -> {
            var verdict = nebius.admit();
            calls++;
            if (!verdict.admitted()) {
              refused++;
            }
            later(
                verdict.admitted() ? between(7_000, 13_000) : between(5, 50),
                () -> end(begun, verdict));
          });
    }

    private void end(long begun, RequestQuota.Verdict verdict) {
      free++;
      if (remainderIsTold) {
        stock.told(limitIsTold ? verdict.limit() : 0, verdict.remaining(), begun);
      }
      if (!verdict.admitted()) {
        var seconds = Duration.ofSeconds((verdict.retryAfter().toMillis() + 999) / 1000);
        stock.refused(seconds, begun);
        pausedUntil = Math.max(pausedUntil, clock.nanos() + seconds.toNanos());
      }
      go();
    }

    private long between(long least, long most) {
      return random.nextLong(least, most);
    }
  }
}
