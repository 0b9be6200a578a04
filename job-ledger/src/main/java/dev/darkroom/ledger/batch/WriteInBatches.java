package dev.darkroom.ledger.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what many threads hand in and writes it with one statement: whatever has come while the
 * last statement ran goes into the next, and where nobody is in a hurry, what comes within a
 * linger. For marks that a sweep would otherwise make good: what can't be written is dropped, with
 * a warning.
 */
public final class WriteInBatches<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WriteInBatches.class);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final BlockingQueue<T> waiting;
  private final int batchSize;
  private final Linger<T> linger;
  private final Consumer<List<T>> write;
  private final String name;
  private final List<Thread> writers;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * How long a batch waits for others to join it.
   *
   * @param atMost counted from its first thing
   * @param urgent a thing that ends the wait, for itself and for all that came before it
   * @param rest after a batch: what comes within it shares the next one, urgent or not, while a
   *     thing that comes alone is written at once
   */
  public record Linger<T>(Duration atMost, Predicate<T> urgent, Duration rest) {
    /** For what nobody waits for. */
    public static <T> Linger<T> of(Duration time) {
      return new Linger<>(time, _ -> false, Duration.ZERO);
    }

    static <T> Linger<T> none() {
      return of(Duration.ZERO);
    }
  }

  /**
   * Starts the writing thread.
   *
   * @param name names the thread, and in logs what is written
   * @param capacity things that may wait; beyond it they are dropped
   * @param batchSize things in one statement at most
   */
  public WriteInBatches(String name, int capacity, int batchSize, Consumer<List<T>> write) {
    this(name, capacity, batchSize, Linger.none(), write);
  }

  /** Starts the writing thread, which is not in a hurry. */
  public WriteInBatches(
      String name, int capacity, int batchSize, Linger<T> linger, Consumer<List<T>> write) {
    this(name, capacity, batchSize, linger, 1, write);
  }

  /**
   * Starts several writing threads. They are platform threads: there are few of them, and each
   * statement of a virtual one would be handed from thread to thread several times.
   *
   * @param writers batches that may be written at the same time
   */
  WriteInBatches(
      String name,
      int capacity,
      int batchSize,
      Linger<T> linger,
      int writers,
      Consumer<List<T>> write) {
    this.waiting = new LinkedBlockingQueue<>(capacity);
    this.batchSize = batchSize;
    this.linger = linger;
    this.write = write;
    this.name = name;
    this.writers =
        Stream.generate(() -> Thread.ofPlatform().daemon().name(name).start(this::run))
            .limit(writers)
            .toList();
  }

  /** Takes it to be written soon. Never blocks, never throws. */
  public void add(T thing) {
    if (!offer(thing)) {
      log.atWarn()
          .addKeyValue("batches", name)
          .log("closed, or too many waiting; a sweep will make it good");
    }
  }

  /** The same without a word: false where it is not taken. */
  boolean offer(T thing) {
    return !isClosed() && waiting.offer(thing);
  }

  /** How many wait to be written. */
  public int waiting() {
    return waiting.size();
  }

  private void run() {
    while (!isClosed() || !waiting.isEmpty()) {
      try {
        var first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          writeWith(first);
          closed.await(linger.rest().toNanos(), TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void writeWith(T first) throws InterruptedException {
    var batch = new ArrayList<T>();
    batch.add(first);
    gather(batch);
    try {
      write.accept(batch);
    } catch (RuntimeException | Error e) {
      // its thread has to live on, or nothing is written any more
      log.atWarn()
          .addKeyValue("batches", name)
          .addKeyValue("size", batch.size())
          .addKeyValue("reason", e.toString())
          .log("could not write a batch; a sweep will make it good");
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void gather(List<T> batch) throws InterruptedException {
    var end = System.nanoTime() + linger.atMost().toNanos();
    while (!isClosed() && batch.size() < batchSize && !linger.urgent().test(batch.getLast())) {
      var next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      batch.add(next);
    }
    waiting.drainTo(batch, batchSize - batch.size());
  }

  /** Writes what waits, for two seconds at most. */
  @Override
  public void close() {
    closed.countDown();
    try {
      if (!haveEnded()) {
        log.atWarn()
            .addKeyValue("batches", name)
            .addKeyValue("waiting", waiting.size())
            .log(
                "not all was written before the end; who waits for it is told, the rest a sweep makes good");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      writers.forEach(Thread::interrupt);
    }
  }

  private boolean haveEnded() throws InterruptedException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    for (var writer : writers) {
      if (!writer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }
}
