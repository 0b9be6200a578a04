package dev.darkroom.ledger.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Racers on virtual threads that start at the same moment; what one of them throws ends the test.
 */
public final class Race<T> {
  private final List<Callable<T>> counted = new ArrayList<>();
  private final List<Callable<?>> others = new ArrayList<>();

  /** Racers whose answers matter. */
  public Race<T> add(int times, Callable<T> racer) {
    IntStream.range(0, times).forEach(_ -> counted.add(racer));
    return this;
  }

  /** Racers that are there to be in the way. */
  public Race<T> against(int times, Callable<?> racer) {
    IntStream.range(0, times).forEach(_ -> others.add(racer));
    return this;
  }

  /** What those answered that matter. */
  public List<T> run() throws ExecutionException, InterruptedException {
    var start = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<T>>();
      for (var racer : counted) {
        running.add(threads.submit(() -> after(start, racer)));
      }
      var inTheWay = new ArrayList<Future<?>>();
      for (var racer : others) {
        inTheWay.add(threads.submit(() -> after(start, racer)));
      }
      start.countDown();
      for (var racer : inTheWay) {
        racer.get();
      }
      var answers = new ArrayList<T>();
      for (var racer : running) {
        answers.add(racer.get());
      }
      return answers;
    }
  }

  private static <T> T after(CountDownLatch start, Callable<T> racer) throws Exception {
    start.await();
    return racer.call();
  }
}
