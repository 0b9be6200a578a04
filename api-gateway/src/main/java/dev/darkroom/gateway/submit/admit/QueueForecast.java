package dev.darkroom.gateway.submit.admit;

import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.queue.QueueLoad;
import dev.darkroom.ledger.queue.QueueLoad.LineEnd;
import dev.darkroom.ledger.queue.QueueLoad.RecentPictures;
import dev.darkroom.ledger.queue.QueueLoad.TurnCount;
import dev.darkroom.ledger.queue.QueueLoad.WaitingJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts when a new job would have its picture, while jobs wait for their turns. It looks at the
 * queue about once a second and at no job, and asks nobody.
 *
 * <p>A job waits for all that go before it as things stand, at the pace of the pictures since jobs
 * began to wait. And it waits until its turn is served: turns go by as fast as they have gone by of
 * late, which takes those into account who will come and go before it; those of its own line that
 * have a higher priority are counted as they come. The longer of both counts.
 */
final class QueueForecast {
  /** The longest time that is looked back. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** Longer ones are all the same. */
  private static final double LONGEST_WAIT = 2 * Duration.ofDays(1).toSeconds();

  /** Fewer pictures, or a shorter time, say little about the pace. */
  private static final int ENOUGH_PICTURES = 30;

  private static final Duration ENOUGH_TIME = Duration.ofSeconds(20);

  /** Turns are looked at over so many pictures, and a minute at least. */
  private static final int PICTURES_OF_TURNS = 400;

  private static final Duration SHORTEST_OF_TURNS = Duration.ofMinutes(1);

  private static final Duration PART = Duration.ofSeconds(30);
  private static final int ENOUGH_PARTS = 4;

  /** What is added to a wait, for what the pace of the past does not tell about that to come. */
  private static final double DOUBT = 0.1;

  private static final double LEAST_DOUBT = 0.05;
  private static final double MOST_DOUBT = 0.5;

  /** Standard errors of the speed at which turns go by. */
  private static final double ERRORS = 3;

  private final Deque<ServedTurn> served = new ArrayDeque<>();
  private final Map<String, LineTail> tails = new HashMap<>();
  private final OvertakingRates overtaking = new OvertakingRates();
  private @Nullable QueueState state;

  private record ServedTurn(Instant at, long turn) {}

  /**
   * What is known.
   *
   * @param pace pictures per second
   * @param turns per second; NaN where too few went by
   * @param doubt by how much of it a wait may be longer than the past says
   */
  private record QueueState(
      WaitingJobs waiting, double pace, double turns, double doubt, Duration mean, Duration slow) {}

  /** A line with what this gateway has added to it since the look. */
  private static final class LineTail {
    long last;
    int @Nullable [] byPriority;

    LineTail(long last, @Nullable List<Integer> byPriority) {
      this.last = last;
      this.byPriority =
          byPriority == null ? null : byPriority.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** Jobs that were put in line since the look. */
  private int added;

  /**
   * When a job would have its picture.
   *
   * @param expected from now
   * @param surely later than that it rarely comes
   */
  record PictureForecast(Duration expected, Duration surely) {}

  /** For how long jobs have been waiting without a break, and pictures tell the pace. */
  synchronized Duration span(Instant now) {
    var first = served.peekFirst();
    return first == null ? Duration.ZERO : Duration.between(first.at(), now);
  }

  /** Nothing waits, or nothing moves: nothing can be told, and all that was is no use any more. */
  synchronized void forget() {
    served.clear();
    tails.clear();
    added = 0;
    state = null;
  }

  /**
   * Takes a look into account.
   *
   * @param waiting with at least one job in line
   * @param pictures of the time of {@link #span}
   * @param ends of the lines that submit
   */
  synchronized void observe(
      WaitingJobs waiting, RecentPictures pictures, Map<String, LineEnd> ends) {
    served.addLast(new ServedTurn(waiting.at(), waiting.serving()));
    while (Duration.between(served.getFirst().at(), waiting.at()).compareTo(LONGEST) > 0) {
      served.removeFirst();
    }
    tails.clear();
    ends.forEach((line, end) -> tails.put(line, new LineTail(end.last(), end.byPriority())));
    added = 0;
    var mean = pictures.mean();
    var slow = pictures.slow();
    if (mean == null || slow == null) {
      state = null;
      return;
    }
    var pace = pace(waiting, pictures, mean);
    state =
        pace > 0 ? new QueueState(waiting, pace, turnsPerSecond(pace), doubt(), mean, slow) : null;
  }

  /** At first, what the workers should do; then what they have done. */
  private static double pace(WaitingJobs waiting, RecentPictures pictures, Duration mean) {
    return pictures.pictures() >= ENOUGH_PICTURES && pictures.within().compareTo(ENOUGH_TIME) >= 0
        ? pictures.pictures() / seconds(pictures.within())
        : waiting.slots() / Math.max(0.001, seconds(mean));
  }

  private double turnsPerSecond(double pace) {
    var now = served.getLast();
    var wanted = Math.clamp(PICTURES_OF_TURNS / pace, seconds(SHORTEST_OF_TURNS), seconds(LONGEST));
    var then = served.getFirst();
    for (var look : served) {
      if (seconds(Duration.between(look.at(), now.at())) < wanted) {
        break;
      }
      then = look;
    }
    var time = Duration.between(then.at(), now.at());
    return time.compareTo(ENOUGH_TIME) < 0 || seconds(time) * pace < ENOUGH_PICTURES
        ? Double.NaN
        : (now.turn() - then.turn()) / seconds(time);
  }

  /** The more unevenly turns went by, the less they tell about those to come. */
  private double doubt() {
    var speeds = new ArrayList<Double>();
    var from = served.getFirst();
    for (var look : served) {
      var time = Duration.between(from.at(), look.at());
      if (time.compareTo(PART) >= 0) {
        speeds.add((look.turn() - from.turn()) / seconds(time));
        from = look;
      }
    }
    if (speeds.size() < ENOUGH_PARTS) {
      return DOUBT;
    }
    var mean = speeds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    var variance =
        speeds.stream().mapToDouble(speed -> (speed - mean) * (speed - mean)).sum()
            / (speeds.size() - 1);
    var error = Math.sqrt(variance / speeds.size()) / Math.max(1, mean);
    return Math.min(LEAST_DOUBT + ERRORS * error, MOST_DOUBT);
  }

  /** When a new job of this line would have its picture. */
  Optional<PictureForecast> of(String line, JobTerms terms) {
    return of(line, terms, 1);
  }

  /**
   * When the last of some new jobs of this line would have its picture; empty where nobody can
   * tell, and where its wait is shorter than its call.
   */
  synchronized Optional<PictureForecast> of(String line, JobTerms terms, int jobs) {
    var known = state;
    if (known == null) {
      return Optional.empty();
    }
    var before = jobs - 1;
    var turn = turnOf(line, terms, known.waiting()) + before * terms.stride();
    var dispatched = known.waiting().dispatched() / known.pace();
    var byCount = (jobsUpTo(turn, known.waiting().line()) + added + before) / known.pace();
    var ahead = turn - known.waiting().serving();
    var overtaken =
        overtaking.higherPerSecond(line, terms.priority(), clock(known)) * terms.stride();
    var own = Math.max(0, known.turns() - overtaken); // NaN where that is not known
    var byTurns = Double.isNaN(own) || ahead <= 0 ? 0 : ahead / own;
    var wait = dispatched + Math.max(byCount, byTurns);
    if (wait < seconds(known.mean())) {
      return Optional.empty();
    }
    // where most turns of the line go to others, a small change of theirs is a large one of the
    // rest
    var doubt = overtaken > 0 ? known.doubt() * known.turns() / own : known.doubt();
    var byTurnsAtMost = byTurns > 0 ? byTurns * (1 + doubt) : 0;
    var longest = dispatched + Math.max(byCount * (1 + DOUBT), byTurnsAtMost);
    return Optional.of(
        new PictureForecast(
            millis(Math.min(wait, LONGEST_WAIT)).plus(known.mean()),
            millis(Math.min(longest, LONGEST_WAIT)).plus(known.slow())));
  }

  /** Counts a job that was put in line. */
  synchronized void added(String line, JobTerms terms) {
    var known = state;
    if (known == null) {
      return;
    }
    added++;
    overtaking.count(line, terms.priority(), clock(known));
    var serving = known.waiting().serving();
    var tail = tails.computeIfAbsent(line, _ -> new LineTail(serving - terms.stride(), null));
    tail.last = Math.max(serving, tail.last + terms.stride());
    if (tail.byPriority != null) {
      tail.byPriority[terms.priority() - 1]++;
    }
  }

  /** Behind its line; and where that has jobs of a lower priority, behind the others. */
  private long turnOf(String line, JobTerms terms, WaitingJobs waiting) {
    var tail = tails.get(line);
    if (tail == null) {
      return waiting.serving();
    }
    var last = Math.max(waiting.serving(), tail.last + terms.stride());
    var byPriority = tail.byPriority;
    if (byPriority == null) {
      return last;
    }
    var before = 0L;
    for (var priority = terms.priority(); priority <= byPriority.length; priority++) {
      if (byPriority[priority - 1] >= QueueLoad.MOST_OF_PRIORITY) {
        return last;
      }
      before += byPriority[priority - 1];
    }
    return Math.min(last, waiting.serving() + before * terms.stride());
  }

  private static int jobsUpTo(long turn, List<TurnCount> line) {
    var from = 0;
    var to = line.size();
    while (from < to) {
      var middle = (from + to) >>> 1;
      if (line.get(middle).turn() <= turn) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from == 0 ? 0 : line.get(from - 1).jobs();
  }

  private static double clock(QueueState known) {
    return known.waiting().at().toEpochMilli() / 1000.0;
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
