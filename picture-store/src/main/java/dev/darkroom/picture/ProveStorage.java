package dev.darkroom.picture;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether storage takes pictures. It is trusted once it took something, and until a call
 * fails; then it has to be proved again before anybody pays for a picture.
 */
final class ProveStorage {
  private static final Logger log = LoggerFactory.getLogger(ProveStorage.class);

  /** Many jobs may ask at once; one of them tries. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final ReentrantLock proving = new ReentrantLock();
  private volatile boolean proved;
  private volatile @Nullable Failure failure;

  private record Failure(String reason, Instant tryAgain) {}

  /** Writes something, and removes it. */
  interface Proof {
    void write() throws IOException;
  }

  ProveStorage(InstantSource clock) {
    this.clock = clock;
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
      proof.write();
      succeeded();
    } finally {
      proving.unlock();
    }
  }

  /** What is known, and, if that is bad, whether it has changed; no answer is waited for long. */
  Optional<String> trouble(Proof proof) {
    Failure last = failure;
    if (last == null) {
      return tryNow(proof);
    }
    if (!clock.instant().isBefore(last.tryAgain()) && !proving.isLocked()) {
      joinBriefly(
          Thread.ofPlatform().daemon().name("prove-picture-storage").start(() -> tryNow(proof)));
    }
    return Optional.ofNullable(failure).map(Failure::reason);
  }

  private static void joinBriefly(Thread trying) {
    try {
      trying.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<String> tryNow(Proof proof) {
    try {
      require(proof);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Logged once, until it is another reason or over. */
  void failed(IOException e) {
    proved = false;
    Failure before = failure;
    String reason = String.valueOf(e.getMessage());
    failure = new Failure(reason, clock.instant().plus(TRY_AGAIN));
    if (before == null || !before.reason().equals(reason)) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .log("pictures can't be kept; jobs wait until they can");
    }
  }

  private void succeeded() {
    proved = true;
    if (failure != null) {
      failure = null;
      log.info("pictures can be kept again");
    }
  }
}
