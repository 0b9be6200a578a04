package dev.darkroom.ledger.batch;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Lets concurrent writes share a statement, and so a commit: whatever came while the last ones ran
 * goes into the next. A lone write does not wait for others. Unlike with {@link BatchingWriter},
 * the caller waits until its item is committed, and gets its result.
 */
public final class GroupCommit<T, R> implements AutoCloseable {
  /** Class 23 of PostgreSQL's error codes, integrity constraint violation. */
  private static final String INTEGRITY_VIOLATION = "23";

  /** A value that the database's encoding refuses: untranslatable, or no character at all. */
  private static final Set<String> REFUSED_BY_ENCODING = Set.of("22P05", "22021");

  private final BatchingWriter<PendingWrite<T, R>> batches;
  private final Function<List<T>, List<R>> write;
  private final Duration patience;
  private final Set<PendingWrite<T, R>> pending = ConcurrentHashMap.newKeySet();

  private static final class PendingWrite<T, R> {
    private final T item;
    private final CompletableFuture<R> result = new CompletableFuture<>();

    PendingWrite(T item) {
      this.item = item;
    }
  }

  /**
   * How much at once.
   *
   * @param queue items that may wait
   * @param batch items in one statement, at most
   * @param writers statements that may run at the same time
   * @param patience how long a caller waits until its item is committed
   */
  public record CommitLimits(int queue, int batch, int writers, Duration patience) {}

  /**
   * Starts the writing threads.
   *
   * @param name names the threads
   * @param write returns a result for each item, in their order
   */
  public GroupCommit(String name, CommitLimits limits, Function<List<T>, List<R>> write) {
    this.write = write;
    this.patience = limits.patience();
    this.batches =
        new BatchingWriter<>(
            name,
            limits.queue(),
            limits.batch(),
            BatchingWriter.Linger.NONE,
            limits.writers(),
            this::writeAwaited);
  }

  /**
   * Writes the item and returns its result once it is committed.
   *
   * @throws DataAccessException if the ledger does not answer, or not in time; the item may then be
   *     written or not
   */
  public R write(T item) {
    var mine = new PendingWrite<T, R>(item);
    pending.add(mine);
    try {
      if (!batches.offer(mine)) {
        throw new TransientDataAccessResourceException("too many writes wait for a commit");
      }
      return await(mine.result);
    } finally {
      pending.remove(mine);
    }
  }

  private R await(CompletableFuture<R> result) {
    try {
      return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("a batch could not be written", e.getCause());
    } catch (TimeoutException e) {
      result.cancel(false); // if its batch has not begun yet, it is left out
      throw new TransientDataAccessResourceException("not committed in time", e);
    } catch (InterruptedException e) {
      result.cancel(false);
      Thread.currentThread().interrupt();
      throw new TransientDataAccessResourceException("interrupted before the commit", e);
    }
  }

  /** How many items wait to be written. */
  public int waiting() {
    return batches.waiting();
  }

  private void writeAwaited(List<PendingWrite<T, R>> batch) {
    var awaited = batch.stream().filter(one -> !one.result.isDone()).toList();
    if (!awaited.isEmpty()) {
      writeAll(awaited);
    }
  }

  private void writeAll(List<PendingWrite<T, R>> batch) {
    try {
      var results = write.apply(batch.stream().map(one -> one.item).toList());
      for (var i = 0; i < batch.size(); i++) {
        batch.get(i).result.complete(results.get(i));
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1 && isOneRefused(e)) {
        // PostgreSQL has rolled back the whole statement; only one item is to blame
        batch.forEach(one -> writeAll(List.of(one)));
      } else {
        batch.forEach(one -> one.result.completeExceptionally(e));
      }
    }
  }

  /**
   * After any other failure nothing is repeated: during an outage each write would fail again, and
   * an exception of our own may come after the commit.
   */
  private static boolean isOneRefused(Throwable e) {
    if (!(NestedExceptionUtils.getMostSpecificCause(e) instanceof SQLException cause)) {
      return false;
    }
    var state = String.valueOf(cause.getSQLState());
    return state.startsWith(INTEGRITY_VIOLATION) || REFUSED_BY_ENCODING.contains(state);
  }

  /** Commits what waits, for two seconds at most. Whoever waits longer gets an error. */
  @Override
  public void close() {
    batches.close();
    var closed =
        new TransientDataAccessResourceException("the process stopped before the commit was known");
    pending.forEach(one -> one.result.completeExceptionally(closed));
  }
}
