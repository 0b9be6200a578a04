package dev.darkroom.picture;

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
 * Knows whether storage takes pictures. What it took proves it for a while. After a failure it has
 * to be proved again before anybody pays for a picture, at first after two seconds, later after
 * ten.
 */
final class ProveStorage {
  private static final Logger log = LoggerFactory.getLogger(ProveStorage.class);

  /** Many jobs may ask at once; one of them tries. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PATIENCE_AT_FIRST = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Duration believedFor;
  private final boolean inBackground;
  private final ReentrantLock proving = new ReentrantLock();

  /** Not a virtual thread: one that hangs in a file system would hold on to a carrier. */
  private final ExecutorService prover =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("prove-picture-storage").factory());

  private volatile boolean proved;
  private volatile Instant believedUntil = Instant.MIN;
  private volatile @Nullable Failure failure;
  private @Nullable Future<?> underWay;

  private record Failure(String reason, Instant tryAgain, Duration pause) {}

  /** Writes something, and removes it; or looks whether something could be written. */
  interface Proof {
    void make() throws IOException;
  }

  private ProveStorage(InstantSource clock, Duration believedFor, boolean inBackground) {
    this.clock = clock;
    this.believedFor = believedFor;
    this.inBackground = inBackground;
  }

  /** For a disk: a proof costs next to nothing, and so whoever asks gets a new one. */
  static ProveStorage askedEachTime(InstantSource clock) {
    return new ProveStorage(clock, Duration.ofMillis(250), false);
  }

  /** For storage behind a network: as long as it works, nobody waits for a further proof. */
  static ProveStorage askedInTheBackground(InstantSource clock) {
    return new ProveStorage(clock, Duration.ofSeconds(10), true);
  }

  /**
   * @throws IOException if nothing can be written now
   */
  void require(Proof proof) throws IOException {
    if (proved) {
      return;
    }
    proving.lock();
    try {
      Failure last = failure;
      if (proved) {
        return;
      }
      if (last != null && clock.instant().isBefore(last.tryAgain())) {
        throw new IOException(last.reason());
      }
      prove(proof);
    } finally {
      proving.unlock();
    }
  }

  private void prove(Proof proof) throws IOException {
    Failure before = failure;
    try {
      proof.make();
      succeeded();
    } catch (IOException e) {
      if (Objects.equals(failure, before)) { // else whoever was asked has said so
        failed(e);
      }
      throw e;
    }
  }

  /**
   * What is known, and, if that is old or bad, whether it has changed.
   *
   * @param room what has to be there in any case, and is looked at each time
   */
  Optional<String> trouble(Proof room, Proof proof) {
    try {
      room.make();
    } catch (Drafts.NoRoom e) {
      failed(e);
      return Optional.ofNullable(e.getMessage());
    } catch (IOException e) {
      // the proof says it better
    }
    Failure last = failure;
    Instant next = last == null ? believedUntil : last.tryAgain();
    if (!clock.instant().isBefore(next)) {
      Future<?> asked = begin(proof);
      if (last != null || !proved || !inBackground) {
        await(asked, last == null && !proved ? PATIENCE_AT_FIRST : PATIENCE);
      }
    }
    return Optional.ofNullable(failure).map(Failure::reason);
  }

  /** Begins a proof, unless one is under way. */
  synchronized Future<?> begin(Proof proof) {
    Future<?> asked = underWay;
    if (asked == null || asked.isDone()) {
      asked = prover.submit(() -> tryNow(proof));
      underWay = asked;
    }
    return asked;
  }

  private void tryNow(Proof proof) {
    proving.lock();
    try {
      prove(proof);
    } catch (IOException e) {
      // remembered
    } finally {
      proving.unlock();
    }
  }

  private void await(Future<?> asked, Duration patience) {
    try {
      asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      failed(new IOException("no answer within %d ms".formatted(patience.toMillis())));
    } catch (ExecutionException e) {
      failed(new IOException(String.valueOf(e.getCause()), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Logged once, until it is another reason or over. */
  synchronized void failed(IOException e) {
    Failure before = failure;
    Instant now = clock.instant();
    String reason = String.valueOf(e.getMessage());
    proved = false;
    failure =
        before == null
            ? new Failure(reason, now.plus(TRY_AGAIN), TRY_AGAIN)
            : again(before, reason, now);
    if (before == null || !before.reason().equals(reason)) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .log("pictures can't be kept; no job is taken until they can");
    }
  }

  /** Those who fail at the same time make nobody wait longer. */
  private static Failure again(Failure before, String reason, Instant now) {
    if (now.isBefore(before.tryAgain())) {
      return new Failure(reason, before.tryAgain(), before.pause());
    }
    Duration twice = before.pause().multipliedBy(2);
    Duration wait = twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
    return new Failure(reason, now.plus(wait), wait);
  }

  synchronized void succeeded() {
    proved = true;
    believedUntil = clock.instant().plus(believedFor);
    if (failure != null) {
      failure = null;
      log.info("pictures can be kept again");
    }
  }
}
