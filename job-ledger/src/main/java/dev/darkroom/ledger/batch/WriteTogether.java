package dev.darkroom.ledger.batch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Lets writes that come at the same time share a statement, and so a commit: whatever has come
 * while the last ones ran goes into the next. Nobody waits for others to come, a lone write is
 * written at once. Unlike with {@link WriteInBatches}, whoever hands something in waits until it is
 * committed, and hears what became of it.
 */
public final class WriteTogether<T, R> implements AutoCloseable {
  private final WriteInBatches<Waiting<T, R>> batches;
  private final Function<List<T>, List<R>> write;
  private final Duration patience;

  private record Waiting<T, R>(T thing, CompletableFuture<R> result) {}

  /**
   * How much at once.
   *
   * @param queue things that may wait
   * @param batch things in one statement at most
   * @param writers statements that may run at the same time
   * @param patience how long one may wait until it is committed
   */
  public record Limits(int queue, int batch, int writers, Duration patience) {}

  /**
   * Starts the writing threads.
   *
   * @param name names the threads
   * @param write gives a result for each thing, in their order
   */
  public WriteTogether(String name, Limits limits, Function<List<T>, List<R>> write) {
    this.write = write;
    this.patience = limits.patience();
    this.batches =
        new WriteInBatches<>(
            name,
            limits.queue(),
            limits.batch(),
            WriteInBatches.Linger.none(),
            limits.writers(),
            this::writeWanted);
  }

  /**
   * Writes it and gives back its result once it is committed.
   *
   * @throws DataAccessException where the ledger does not answer, or not in time; it may then be
   *     written or not
   */
  public R write(T thing) {
    var waiting = new Waiting<>(thing, new CompletableFuture<R>());
    if (!batches.offer(waiting)) {
      throw new TransientDataAccessResourceException("too many wait to be written");
    }
    return await(waiting.result());
  }

  private R await(CompletableFuture<R> result) {
    try {
      return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("a batch broke off", e.getCause());
    } catch (TimeoutException e) {
      result.cancel(false); // if its batch has not begun yet, it is left out
      throw new TransientDataAccessResourceException("it was not written in time", e);
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      throw new TransientDataAccessResourceException("interrupted before it was written", e);
    }
  }

  /** How many wait to be written. */
  public int waiting() {
    return batches.waiting();
  }

  private void writeWanted(List<Waiting<T, R>> batch) {
    var wanted = batch.stream().filter(waiting -> !waiting.result().isDone()).toList();
    if (!wanted.isEmpty()) {
      write(wanted);
    }
  }

  private void write(List<Waiting<T, R>> batch) {
    try {
      var results = write.apply(batch.stream().map(Waiting::thing).toList());
      for (var i = 0; i < batch.size(); i++) {
        batch.get(i).result().complete(results.get(i));
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1 && isRefused(e)) {
        // nothing of it was written; only the one that is to blame must hear of it
        batch.forEach(one -> write(List.of(one)));
      } else {
        batch.forEach(waiting -> waiting.result().completeExceptionally(e));
      }
    }
  }

  /** For what is in it, and not because of an outage, during which each would fail again. */
  private static boolean isRefused(Throwable e) {
    return e instanceof DataIntegrityViolationException
        || (e instanceof RuntimeException && !(e instanceof DataAccessException));
  }

  /** Writes what waits, for two seconds at most. */
  @Override
  public void close() {
    batches.close();
  }
}
