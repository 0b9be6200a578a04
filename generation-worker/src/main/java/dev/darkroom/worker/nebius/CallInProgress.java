package dev.darkroom.worker.nebius;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A call that can be ended from outside: its connection is closed at once, which whoever reads from
 * it or writes to it hears as an exception. Threads are not interrupted: an interrupt would also
 * hit the store, and close the file that the picture is written to.
 */
public final class CallInProgress {
  private @Nullable Runnable abort;
  private @Nullable Ended ended;
  private volatile boolean sent;

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

  /** From here on Nebius may get to see the request, and so may draw and bill a picture. */
  void sends() {
    sent = true;
  }

  /** Whether {@link #sends()} has been reached. */
  boolean mayHaveArrived() {
    return sent;
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
  }
}
