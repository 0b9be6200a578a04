package dev.darkroom.ledger.batch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what many threads add and writes it with one statement: whatever came while the last
 * statement ran, and what comes within a linger, if there is one. For marks that a sweep repeats: a
 * batch that can't be written is dropped, with a warning.
 */
public final class BatchingWriter<T> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BatchingWriter.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final String name;
  private final BlockingQueue<T> waiting;
  private final int batchSize;
  private final Linger linger;
  private final Consumer<List<T>> write;
  private final List<Thread> writers;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * How items that come one by one share a statement.
   *
   * @param atMost how long a batch waits for others to join it, from its first item on
   * @param rest pause after a batch: what comes within it shares the next one, while an item that
   *     comes alone is written at once
   */
  public record Linger(Duration atMost, Duration rest) {
    static final Linger NONE = new Linger(Duration.ZERO, Duration.ZERO);

    /** For items that nobody waits for. */
    public static Linger of(Duration time) {
      return new Linger(time, Duration.ZERO);
    }
  }

  /** Starts the writing thread, which does not linger. */
  public BatchingWriter(String name, int capacity, int batchSize, Consumer<List<T>> write) {
    this(name, capacity, batchSize, Linger.NONE, write);
  }

  /**
   * Starts the writing thread.
   *
   * @param name names the thread, and in logs what is written
   * @param capacity items that may wait; beyond it they are dropped
   * @param batchSize items in one statement, at most
   */
  public BatchingWriter(
      String name, int capacity, int batchSize, Linger linger, Consumer<List<T>> write) {
    this(name, capacity, batchSize, linger, 1, write);
  }

  /**
   * Starts several writing threads. They are platform threads: there are few of them, and each
   * statement of a virtual one would be handed from thread to thread several times.
   *
   * @param writers batches that may be written at the same time
   */
  BatchingWriter(
      String name,
      int capacity,
      int batchSize,
      Linger linger,
      int writers,
      Consumer<List<T>> write) {
    this.name = name;
    this.waiting = new LinkedBlockingQueue<>(capacity);
    this.batchSize = batchSize;
    this.linger = linger;
    this.write = write;
    this.writers =
        Stream.generate(() -> Thread.ofPlatform().daemon().name(name).start(this::run))
            .limit(writers)
            .toList();
  }

  /** Adds an item that is written soon. Never blocks, never throws. */
  public void add(T item) {
    if (!offer(item)) {
      log.atWarn()
          .addKeyValue("writer", name)
          .log("item dropped: the writer is closed or its queue is full; a sweep repeats it");
    }
  }

  /**
   * The same without a warning.
   *
   * @return false if the item is not taken. An item that is taken is written: closing waits for
   *     this method, and the writers for their last item
   */
  synchronized boolean offer(T item) {
    return !isClosed() && waiting.offer(item);
  }

  private synchronized void takeNoMore() {
    closed.countDown();
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** How many items wait to be written. */
  public int waiting() {
    return waiting.size();
  }

  private void run() {
    while (!isClosed() || !waiting.isEmpty()) {
      try {
        var first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          write(batchOf(first));
          closed.await(linger.rest().toNanos(), TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private List<T> batchOf(T first) throws InterruptedException {
    var batch = new ArrayList<T>();
    batch.add(first);
    var end = System.nanoTime() + linger.atMost().toNanos();
    while (!isClosed() && batch.size() < batchSize) {
      var next = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return batch;
      }
      batch.add(next);
    }
    waiting.drainTo(batch, batchSize - batch.size());
    return batch;
  }

  private void write(List<T> batch) {
    try {
      write.accept(batch);
    } catch (RuntimeException | Error e) {
      // its thread has to live on, or nothing is written any more
      log.atWarn()
          .addKeyValue("writer", name)
          .addKeyValue("size", batch.size())
          .addKeyValue("reason", e.toString())
          .log("could not write a batch; a sweep repeats it");
    }
  }

  /** Writes what waits, for two seconds at most. */
  @Override
  public void close() {
    takeNoMore();
    try {
      if (!haveEnded()) {
        log.atWarn()
            .addKeyValue("writer", name)
            .addKeyValue("waiting", waiting.size())
            .log(
                "shutdown timed out with unwritten items; callers get an error, sweeps repeat marks");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      writers.forEach(Thread::interrupt);
    }
  }

  private boolean haveEnded() throws InterruptedException {
    var end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    for (var writer : writers) {
      if (!writer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        return false;
      }
    }
    return true;
  }
}
