package dev.darkroom.picture.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the storage is writable. A success counts for a while. After a failure the storage
 * is checked every two seconds at most, before anyone pays for a picture.
 */
public final class StorageProbe {
  private static final Logger log = LoggerFactory.getLogger(StorageProbe.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration FIRST_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private final Duration validFor;
  private final boolean inBackground;

  /** A platform thread: a virtual one that hangs in a file system would pin its carrier. */
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("picture-storage-probe").factory());

  private volatile @Nullable ProbeResult latest;
  private @Nullable Future<?> underWay;

  private record ProbeResult(Optional<String> trouble, long validUntil) {
    boolean isValidAt(long moment) {
      return moment - validUntil < 0;
    }
  }

  /** Fails if the storage can't take a picture. */
  public interface Check {
    void run() throws IOException;
  }

  /**
   * @param nanoTime as {@link System#nanoTime()} counts
   */
  private StorageProbe(LongSupplier nanoTime, Duration validFor, boolean inBackground) {
    this.nanoTime = nanoTime;
    this.validFor = validFor;
    this.inBackground = inBackground;
  }

  /** For a disk: a check is cheap, so each caller waits for one. */
  static StorageProbe onEachRequest(LongSupplier nanoTime) {
    return new StorageProbe(nanoTime, Duration.ofMillis(250), false);
  }

  /** For remote storage: while it works, callers don't wait for the next check. */
  public static StorageProbe inBackground(LongSupplier nanoTime) {
    return new StorageProbe(nanoTime, Duration.ofSeconds(10), true);
  }

  /** The reason of the last failure, if any; checks again if the last result is old. */
  public Optional<String> trouble(Check check) {
    return trouble(check, FIRST_TIMEOUT, TIMEOUT);
  }

  /**
   * The same for someone who is about to write, and waits for a slow check.
   *
   * @throws IOException if the storage is not writable
   */
  public void require(Check check) throws IOException {
    var trouble = trouble(check, PATIENCE, PATIENCE);
    if (trouble.isPresent()) {
      throw new IOException(trouble.get());
    }
  }

  private Optional<String> trouble(Check check, Duration firstTimeout, Duration timeout) {
    var known = latest;
    if (known == null) {
      await(begin(check), firstTimeout);
    } else if (!known.isValidAt(nanoTime.getAsLong())) {
      var running = begin(check);
      if (known.trouble().isPresent() || !inBackground) {
        await(running, timeout);
      }
    }
    return Optional.ofNullable(latest).flatMap(ProbeResult::trouble);
  }

  /** Starts a check unless one is running. */
  public synchronized Future<?> begin(Check check) {
    var running = underWay;
    if (running == null || running.isDone()) {
      running = executor.submit(() -> run(check));
      underWay = running;
    }
    return running;
  }

  private void run(Check check) {
    try {
      check.run();
      succeeded();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void await(Future<?> running, Duration timeout) {
    try {
      running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      failed(new IOException("no answer within %d ms".formatted(timeout.toMillis())));
    } catch (ExecutionException e) {
      failed(new IOException(String.valueOf(e.getCause()), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Logs each new reason once. Failures before the next check do not put it off. */
  public synchronized void failed(IOException e) {
    // the message of a FileSystemException is only a path
    var reason = e instanceof FileSystemException ? e.toString() : String.valueOf(e.getMessage());
    var trouble = Optional.of(reason);
    var before = latest;
    latest = new ProbeResult(trouble, retryAt(before));
    if (before == null || !before.trouble().equals(trouble)) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .log("picture storage is not writable; workers take no jobs until it is");
    }
  }

  private long retryAt(@Nullable ProbeResult before) {
    var now = nanoTime.getAsLong();
    return before != null && before.trouble().isPresent() && before.isValidAt(now)
        ? before.validUntil()
        : now + RETRY_AFTER.toNanos();
  }

  public synchronized void succeeded() {
    var before = latest;
    latest = new ProbeResult(Optional.empty(), nanoTime.getAsLong() + validFor.toNanos());
    if (before != null && before.trouble().isPresent()) {
      log.info("picture storage is writable again");
    }
  }
}
