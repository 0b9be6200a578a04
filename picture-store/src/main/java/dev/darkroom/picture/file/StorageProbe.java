package dev.darkroom.picture.file;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the storage is writable. A success counts for a while. After a failure the storage
 * is probed before anyone pays for a picture, first after two seconds, later every ten.
 */
public final class StorageProbe {
  private static final Logger log = LoggerFactory.getLogger(StorageProbe.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration FIRST_TIMEOUT = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Duration validFor;
  private final boolean inBackground;
  private final ReentrantLock probing = new ReentrantLock();

  /** A platform thread: a virtual one that hangs in a file system would pin its carrier. */
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("picture-storage-probe").factory());

  private volatile boolean writable;
  private volatile Instant validUntil = Instant.MIN;
  private volatile @Nullable ProbeFailure failure;
  private @Nullable Future<?> underWay;

  private record ProbeFailure(String reason, Instant retryAt, Duration pause) {}

  /** Tests the storage, or a condition of it. */
  public interface Check {
    void run() throws IOException;
  }

  private StorageProbe(InstantSource clock, Duration validFor, boolean inBackground) {
    this.clock = clock;
    this.validFor = validFor;
    this.inBackground = inBackground;
  }

  /** For a disk: a check is cheap, so each caller waits for one. */
  static StorageProbe onEachRequest(InstantSource clock) {
    return new StorageProbe(clock, Duration.ofMillis(250), false);
  }

  /** For remote storage: while it works, callers don't wait for the next check. */
  public static StorageProbe inBackground(InstantSource clock) {
    return new StorageProbe(clock, Duration.ofSeconds(10), true);
  }

  /**
   * Runs the check unless the storage is known to be writable.
   *
   * @throws IOException if the storage is not writable
   */
  public void require(Check check) throws IOException {
    if (writable) {
      return;
    }
    probing.lock();
    try {
      ProbeFailure last = failure;
      if (writable) {
        return;
      }
      if (last != null && clock.instant().isBefore(last.retryAt())) {
        throw new IOException(last.reason());
      }
      runCheck(check);
    } finally {
      probing.unlock();
    }
  }

  private void runCheck(Check check) throws IOException {
    ProbeFailure before = failure;
    try {
      check.run();
      succeeded();
    } catch (IOException e) {
      if (Objects.equals(failure, before)) { // otherwise it was reported already
        failed(e);
      }
      throw e;
    }
  }

  /**
   * The reason of the last failure, if any; checks again if the last result is old or a failure.
   *
   * @param space a cheap check that runs each time
   */
  public Optional<String> trouble(Check space, Check check) {
    try {
      space.run();
    } catch (UploadDirectory.NoSpaceLeft e) {
      failed(e);
      return Optional.ofNullable(e.getMessage());
    } catch (IOException e) {
      // the other check reports it
    }
    ProbeFailure last = failure;
    Instant next = last == null ? validUntil : last.retryAt();
    if (!clock.instant().isBefore(next)) {
      Future<?> running = begin(check);
      if (last != null || !writable || !inBackground) {
        await(running, last == null && !writable ? FIRST_TIMEOUT : TIMEOUT);
      }
    }
    return Optional.ofNullable(failure).map(ProbeFailure::reason);
  }

  /** Starts a check unless one is running. */
  public synchronized Future<?> begin(Check check) {
    Future<?> running = underWay;
    if (running == null || running.isDone()) {
      running = executor.submit(() -> runNow(check));
      underWay = running;
    }
    return running;
  }

  private void runNow(Check check) {
    probing.lock();
    try {
      runCheck(check);
    } catch (IOException e) {
      // recorded in failure
    } finally {
      probing.unlock();
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

  /** Logs each new reason once. */
  public synchronized void failed(IOException e) {
    ProbeFailure before = failure;
    Instant now = clock.instant();
    String reason = String.valueOf(e.getMessage());
    writable = false;
    failure =
        before == null
            ? new ProbeFailure(reason, now.plus(FIRST_PAUSE), FIRST_PAUSE)
            : again(before, reason, now);
    if (before == null || !before.reason().equals(reason)) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .log("picture storage is not writable; workers take no jobs until it is");
    }
  }

  /** Simultaneous failures count as one. */
  private static ProbeFailure again(ProbeFailure before, String reason, Instant now) {
    if (now.isBefore(before.retryAt())) {
      return new ProbeFailure(reason, before.retryAt(), before.pause());
    }
    Duration twice = before.pause().multipliedBy(2);
    Duration pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    return new ProbeFailure(reason, now.plus(pause), pause);
  }

  public synchronized void succeeded() {
    writable = true;
    validUntil = clock.instant().plus(validFor);
    if (failure != null) {
      failure = null;
      log.info("picture storage is writable again");
    }
  }
}
