package dev.darkroom.benchmarks.load;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** Runs something many times, on a platform thread for each connection; then closes them. */
public final class LoadGenerator {
  /** One connection: what it does each time, and its end. */
  public interface LoadConnection extends AutoCloseable {
    /**
     * Does it once.
     *
     * @param number no other call of this load has it
     * @return whether it was done; false where the other side declined
     */
    boolean once(int number) throws Exception;

    @Override
    void close() throws IOException, SQLException;
  }

  /**
   * What came of it.
   *
   * @param latencies of what was done
   * @param seconds from the first begin to the last end
   */
  public record LoadOutcome(Latencies latencies, double seconds, int declined) {
    public double perSecond() {
      return latencies.count() / seconds;
    }
  }

  private record Timed(long begin, long end, boolean done) {}

  private LoadGenerator() {}

  /**
   * As fast as the connections go, each waiting for its answer.
   *
   * @param atMost ends the load, whatever the time
   */
  public static LoadOutcome closed(
      List<? extends LoadConnection> connections, Duration time, int atMost) throws Exception {
    var next = new AtomicInteger();
    long giveUp = System.nanoTime() + time.toNanos();
    var tasks = new ArrayList<Callable<List<Timed>>>();
    for (var connection : connections) {
      tasks.add(() -> {
        var timed = new ArrayList<Timed>();
        while (System.nanoTime() - giveUp < 0) {
          int number = next.getAndIncrement();
          if (number >= atMost) {
            break;
          }
          timed.add(timed(connection, number));
        }
        return timed;
      });
    }
    return run(tasks, connections);
  }

  /** At a steady rate, whether or not the answers keep up, as long as there are connections. */
  public static LoadOutcome paced(
      List<? extends LoadConnection> connections, double perSecond, int count) throws Exception {
    long first = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
    double gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
    var tasks = new ArrayList<Callable<List<Timed>>>();
    for (int lane = 0; lane < connections.size(); lane++) {
      var connection = connections.get(lane);
      int begin = lane;
      tasks.add(() -> {
        var timed = new ArrayList<Timed>();
        for (int number = begin; number < count; number += connections.size()) {
          long due = first + (long) (number * gap);
          for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
          }
          timed.add(timed(connection, number));
        }
        return timed;
      });
    }
    return run(tasks, connections);
  }

  private static Timed timed(LoadConnection connection, int number) throws Exception {
    long begin = System.nanoTime();
    boolean done = connection.once(number);
    return new Timed(begin, System.nanoTime(), done);
  }

  private static LoadOutcome run(
      List<Callable<List<Timed>>> tasks, List<? extends LoadConnection> connections)
      throws Exception {
    var timed = new ArrayList<Timed>();
    try (var threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<List<Timed>> done : threads.invokeAll(tasks)) {
        timed.addAll(done.get());
      }
    } finally {
      for (var connection : connections) {
        connection.close();
      }
    }
    var done = timed.stream().filter(Timed::done).toList();
    if (done.isEmpty()) {
      throw new IllegalStateException("nothing was done");
    }
    long begin = timed.stream().mapToLong(Timed::begin).min().orElseThrow();
    long end = timed.stream().mapToLong(Timed::end).max().orElseThrow();
    LongStream took = done.stream().mapToLong(one -> one.end() - one.begin());
    return new LoadOutcome(
        Latencies.ofNanos(took), (end - begin) / 1e9, timed.size() - done.size());
  }
}
