package dev.darkroom.worker.nebius;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that can be ended from outside: its connection is closed at once, which whoever reads from
 * it or writes to it hears as an exception. Threads are not interrupted: an interrupt would also
 * hit the store, and close the file that the picture is written to.
 */
public final class CallInProgress {
  private final long deadlineNanos;
  private @Nullable Runnable abort;
  private @Nullable Ended ended;
  private volatile boolean passed;
  private volatile boolean sent;
  private volatile long sentNanos;
  private volatile long answeredNanos;

  /** Why a call was ended before Nebius had answered. */
  public enum Ended {
    /** It took longer than a call may take. */
    TIMEOUT,
    /** The job's deadline came. */
    DEADLINE,
    /** The ledger says that the job has ended, or that somebody else has it. */
    LOST,
    /** The worker stops. */
    STOPPING
  }

  /** A call for no job, and so without a deadline. */
  CallInProgress() {
    this(Duration.ofDays(1));
  }

  /**
   * A call that has not begun.
   *
   * @param timeLeft until the job's deadline, from now on
   */
  public CallInProgress(Duration timeLeft) {
    this.deadlineNanos = System.nanoTime() + timeLeft.toNanos();
  }

  /** The call was ended before this part of it was begun. */
  static final class NotBegun extends IOException {}

  /** Something that a closed connection breaks. */
  interface Exchange<T> {
    T make() throws IOException;
  }

  /**
   * Makes the call or a part of it, unless it has been ended before.
   *
   * @param closing closes the connection, from any thread and without waiting
   */
  <T> T make(Runnable closing, Exchange<T> exchange) throws IOException {
    begin(closing);
    try {
      return exchange.make();
    } finally {
      finish();
    }
  }

  /** Until the job's deadline; not positive once it has come. */
  public Duration timeLeft() {
    return Duration.ofNanos(deadlineNanos - System.nanoTime());
  }

  /** The circuit breaker has let it through. */
  void passed() {
    passed = true;
  }

  /** Whether the circuit breaker has let it through, and so knows of it. */
  public boolean hasPassed() {
    return passed;
  }

  /** From here on Nebius may get to see the request, and so may draw and bill a picture. */
  void sends() {
    if (!sent) {
      sentNanos = System.nanoTime();
      answeredNanos = sentNanos;
      sent = true;
    }
  }

  /** Whether {@link #sends()} has been reached. */
  boolean mayHaveArrived() {
    return sent;
  }

  /**
   * How long it took from the first byte of the request's body to the last byte of the answer, or
   * to its failure. A picture that the answer only names, and that is fetched, belongs to it.
   *
   * @return empty where nothing was sent
   */
  public Optional<Duration> took() {
    return sent ? Optional.of(Duration.ofNanos(answeredNanos - sentNanos)) : Optional.empty();
  }

  /** How long the answer has been there, or the failure; empty where nothing was sent. */
  Optional<Duration> sinceAnswer() {
    return sent
        ? Optional.of(Duration.ofNanos(System.nanoTime() - answeredNanos))
        : Optional.empty();
  }

  /** Ends the call; the first reason is kept. */
  public synchronized void end(Ended reason) {
    if (ended == null) {
      ended = reason;
    }
    if (abort != null) {
      abort.run();
    }
  }

  synchronized @Nullable Ended ended() {
    return ended;
  }

  private synchronized void begin(Runnable closing) throws NotBegun {
    if (ended != null) {
      throw new NotBegun();
    }
    abort = closing;
  }

  private synchronized void finish() {
    abort = null;
    answeredNanos = System.nanoTime();
  }
}
