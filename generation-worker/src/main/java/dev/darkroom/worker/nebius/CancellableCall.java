package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call, which any thread can cancel by closing its connection. Threads are not interrupted: an
 * interrupt would also hit the store, and close the file that the picture is written to.
 */
public final class CancellableCall {
  private final long deadlineNanos;
  private @Nullable Runnable abort;
  private @Nullable CancelReason cancelled;
  private volatile boolean admitted;
  private volatile boolean sent;
  private volatile long sentNanos;
  private volatile long answeredNanos;

  public enum CancelReason {
    /** The call took longer than {@code darkroom.nebius.timeout}. */
    TIMEOUT,
    /** The job's deadline has passed. */
    DEADLINE,
    /** The job has ended, or another worker has it. */
    LEASE_LOST,
    /** The job is to be cancelled. */
    CANCELLED,
    /** The worker stops. */
    SHUTDOWN
  }

  /** The call was cancelled before this part of it began. */
  static final class CallNotStarted extends IOException {}

  /** Something that fails when the connection is closed. */
  interface CallStep<T> {
    T run() throws IOException;
  }

  /**
   * @param timeLeft until the job's deadline, from now on
   */
  public CancellableCall(Duration timeLeft) {
    this.deadlineNanos = System.nanoTime() + timeLeft.toNanos();
  }

  /**
   * Runs a part of the call, unless it was cancelled before.
   *
   * @param abort closes the connection, from any thread and without waiting
   */
  <T> T run(Runnable abort, CallStep<T> step) throws IOException {
    begin(abort);
    try {
      return step.run();
    } finally {
      end();
    }
  }

  /** Until the job's deadline; not positive once it has passed. */
  public Duration timeLeft() {
    return Duration.ofNanos(deadlineNanos - System.nanoTime());
  }

  void admit() {
    admitted = true;
  }

  /** Whether the circuit breaker has let it through. */
  public boolean isAdmitted() {
    return admitted;
  }

  /** From here on Nebius may see the request, and so may draw and bill a picture. */
  void markSent() {
    if (!sent) {
      sentNanos = System.nanoTime();
      answeredNanos = sentNanos;
      sent = true;
    }
  }

  boolean mayHaveArrived() {
    return sent;
  }

  /**
   * From the first byte of the request's body to the last byte of the response, or to the failure;
   * includes the download of a picture. Empty if nothing was sent.
   */
  public Optional<Duration> took() {
    return sent ? Optional.of(Duration.ofNanos(answeredNanos - sentNanos)) : Optional.empty();
  }

  /** Since the last byte of the response, or the failure; empty if nothing was sent. */
  Optional<Duration> sinceAnswer() {
    return sent
        ? Optional.of(Duration.ofNanos(System.nanoTime() - answeredNanos))
        : Optional.empty();
  }

  /** Cancels the call; the first reason is kept. */
  public synchronized void cancel(CancelReason reason) {
    if (cancelled == null) {
      cancelled = reason;
    }
    if (abort != null) {
      abort.run();
    }
  }

  synchronized @Nullable CancelReason cancelled() {
    return cancelled;
  }

  private synchronized void begin(Runnable abort) throws CallNotStarted {
    if (cancelled != null) {
      throw new CallNotStarted();
    }
    this.abort = abort;
  }

  private synchronized void end() {
    abort = null;
    answeredNanos = System.nanoTime();
  }
}
