package dev.darkroom.gateway.submit.admit;

import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.queue.QueueLoad.LineEnd;
import dev.darkroom.ledger.queue.QueueLoad.RecentPictures;
import dev.darkroom.ledger.queue.QueueLoad.TurnCount;
import dev.darkroom.ledger.queue.QueueLoad.WaitingJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The queue in virtual time: clients submit more than the workers do, in the fair order of the
 * ledger, and {@link QueueForecast} decides who gets in. The same seed gives the same jobs, with
 * the same call times, whether anybody is refused or not.
 */
final class OverloadSimulation {
  private static final int WINDOW = 32;

  private final List<Client> clients;
  private final int slots;
  private final ToDoubleFunction<Random> callSeconds;
  private final double seconds;
  private final boolean refuses;
  private final Random random = new Random(20);

  private final PriorityQueue<SimulationEvent> events =
      new PriorityQueue<>(
          Comparator.comparingDouble(SimulationEvent::at)
              .thenComparingLong(SimulationEvent::number));
  private final QueueForecast forecast = new QueueForecast();
  private final TreeSet<Place> line = new TreeSet<>(BY_TURN);
  private final Map<String, ClientLine> lines = new HashMap<>();
  private final Deque<SimulatedJob> dispatched = new ArrayDeque<>();
  private final Deque<Double> pictures = new ArrayDeque<>();
  private final Deque<Double> times = new ArrayDeque<>();
  private final Set<Integer> accepted = new HashSet<>();
  private final Set<Integer> refused = new HashSet<>();
  private final Set<Integer> inTime = new HashSet<>();
  private double now;
  private long serving;
  private int running;
  private double busySeconds;
  private int number;
  private int placed;

  /**
   * @param deadlines in seconds, one of which each job has
   */
  record Client(
      String name,
      double perSecond,
      int weight,
      List<Integer> priorities,
      List<Integer> deadlines) {}

  /** How it went, with the numbers of the jobs. */
  record Run(Set<Integer> accepted, Set<Integer> refused, Set<Integer> inTime, double utilization) {
    double missed() {
      return (double) accepted.stream().filter(job -> !inTime.contains(job)).count()
          / accepted.size();
    }

    /** How many more would have been in time if nobody had been refused, as a share of those. */
    double wronglyRefused(Run withoutRefusals) {
      return Math.max(0.0, withoutRefusals.inTime.size() - inTime.size())
          / Math.max(1, refused.size());
    }
  }

  private record SimulationEvent(double at, int number, Runnable what) {}

  private record SimulatedJob(
      int number, String client, JobTerms terms, double deadlineAt, double callSeconds) {}

  private record Place(long turn, int nth, String client) {}

  private static final Comparator<Place> BY_TURN =
      Comparator.comparingLong(Place::turn).thenComparingInt(Place::nth);

  /** Jobs by the order in which they go, highest priority first, and the places they go to. */
  private static final class ClientLine {
    final TreeSet<SimulatedJob> jobs =
        new TreeSet<>(
            Comparator.<SimulatedJob>comparingInt(job -> -job.terms().priority())
                .thenComparingLong(SimulatedJob::number));
    final TreeSet<Place> places = new TreeSet<>(BY_TURN);

    List<Integer> byPriority() {
      var counts = new Integer[JobTerms.HIGHEST];
      Arrays.fill(counts, 0);
      jobs.forEach(job -> counts[job.terms().priority() - 1]++);
      return List.of(counts);
    }
  }

  private OverloadSimulation(
      List<Client> clients,
      int slots,
      ToDoubleFunction<Random> callSeconds,
      Duration time,
      boolean refuses) {
    this.clients = clients;
    this.slots = slots;
    this.callSeconds = callSeconds;
    this.seconds = time.toSeconds();
    this.refuses = refuses;
  }

  static Run run(
      List<Client> clients,
      int slots,
      ToDoubleFunction<Random> callSeconds,
      Duration time,
      boolean refuses) {
    return new OverloadSimulation(clients, slots, callSeconds, time, refuses).run();
  }

  private Run run() {
    for (var client : clients) {
      var at = pause(client);
      while (at < seconds) {
        submitAt(at, client);
        at += pause(client);
      }
    }
    for (var second = 1; refuses && second < seconds; second++) {
      at(second, this::look);
    }
    while (!events.isEmpty()) {
      var event = events.remove();
      busySeconds += event.at() < seconds ? running * (event.at() - now) : 0;
      now = event.at();
      event.what().run();
    }
    return new Run(accepted, refused, inTime, busySeconds / seconds / slots);
  }

  private double pause(Client client) {
    return -Math.log(1 - random.nextDouble()) / client.perSecond();
  }

  private void at(double time, Runnable what) {
    events.add(new SimulationEvent(time, events.size() + number++, what));
  }

  private void submitAt(double time, Client client) {
    var deadline = one(client.deadlines());
    var job =
        new SimulatedJob(
            number,
            client.name(),
            new JobTerms(one(client.priorities()), client.weight(), null),
            time + deadline,
            callSeconds.applyAsDouble(random));
    at(time, () -> submit(job, deadline));
  }

  private int one(List<Integer> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private void submit(SimulatedJob job, int deadline) {
    var late =
        forecast
            .of(job.client(), job.terms())
            .filter(picture -> picture.surely().compareTo(Duration.ofSeconds(deadline)) > 0);
    if (refuses && late.isPresent()) {
      refused.add(job.number());
      return;
    }
    accepted.add(job.number());
    if (line.isEmpty() && dispatched.size() < WINDOW) {
      dispatched.add(job);
    } else {
      putInLine(job);
    }
    at(job.deadlineAt(), () -> leaveLine(job));
    work();
  }

  private void putInLine(SimulatedJob job) {
    var own = lines.computeIfAbsent(job.client(), _ -> new ClientLine());
    var turn =
        own.places.isEmpty()
            ? serving
            : Math.max(serving, own.places.last().turn() + job.terms().stride());
    var place = new Place(turn, placed++, job.client());
    own.jobs.add(job);
    own.places.add(place);
    line.add(place);
    forecast.added(job.client(), job.terms());
  }

  /** At its deadline, where it still waits: its place goes, which in a mixed line was another's. */
  private void leaveLine(SimulatedJob job) {
    var own = lines.get(job.client());
    if (own != null && own.jobs.remove(job)) {
      line.remove(own.places.removeFirst());
    }
  }

  private void work() {
    while (dispatched.size() < WINDOW && !line.isEmpty()) {
      var place = line.removeFirst();
      serving = Math.max(serving, place.turn());
      var own = Objects.requireNonNull(lines.get(place.client()));
      own.places.remove(place);
      dispatched.add(own.jobs.removeFirst());
    }
    while (running < slots && !dispatched.isEmpty()) {
      var job = dispatched.removeFirst();
      if (job.deadlineAt() <= now) {
        work();
        continue;
      }
      running++;
      var end = Math.min(now + job.callSeconds(), job.deadlineAt());
      at(end, () -> end(job, now + 1e-9 >= job.deadlineAt()));
    }
  }

  private void end(SimulatedJob job, boolean late) {
    running--;
    if (!late) {
      inTime.add(job.number());
      pictures.addLast(now);
      times.addLast(job.callSeconds());
      if (pictures.size() > 1_000) {
        pictures.removeFirst();
      }
      if (times.size() > 200) {
        times.removeFirst();
      }
    }
    work();
  }

  /** As {@link DeadlineAdmission} does it. */
  private void look() {
    if (line.isEmpty()) {
      forecast.forget();
      return;
    }
    var at = Instant.ofEpochMilli(Math.round(now * 1000));
    forecast.observe(
        new WaitingJobs(at, serving, dispatched.size(), slots, false, counts()),
        recent(DeadlineAdmission.within(forecast.span(at))),
        ends());
  }

  private List<TurnCount> counts() {
    var counts = new ArrayList<TurnCount>();
    var jobs = 0;
    for (var place : line) {
      jobs++;
      if (jobs <= 200 || jobs % 200 == 0 || jobs == line.size()) {
        counts.add(new TurnCount(place.turn(), jobs));
      }
    }
    return counts;
  }

  private RecentPictures recent(Duration within) {
    var since = now - within.toMillis() / 1000.0;
    var count = (int) pictures.stream().filter(at -> at > since).count();
    var full = count == 1_000;
    return new RecentPictures(
        count,
        full ? Duration.ofMillis(Math.round((now - pictures.getFirst()) * 1000)) : within,
        millis(times.stream().mapToDouble(Double::doubleValue).average().orElse(-1)),
        millis(
            times.stream().sorted().skip((long) (times.size() * 0.95)).findFirst().orElse(-1.0)));
  }

  private static @Nullable Duration millis(double value) {
    return value < 0 ? null : Duration.ofMillis(Math.round(value * 1000));
  }

  private Map<String, LineEnd> ends() {
    var ends = new HashMap<String, LineEnd>();
    lines.forEach((client, own) -> {
      if (!own.jobs.isEmpty()) {
        var counts = own.byPriority();
        var mixed = counts.stream().filter(jobs -> jobs > 0).count() > 1;
        ends.put(client, new LineEnd(own.places.last().turn(), mixed ? counts : null));
      }
    });
    return ends;
  }
}
