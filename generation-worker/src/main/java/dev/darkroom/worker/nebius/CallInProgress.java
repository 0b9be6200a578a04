package dev.darkroom.worker.nebius;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A call that can be ended from outside: its thread is interrupted, which closes the connection.
 * Interrupts reach it only while the call is made, never while its outcome is written down.
 */
public final class CallInProgress {
  private @Nullable Thread caller;
  private @Nullable Ended ended;

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

  /** The call was ended before it was begun; nothing was sent. */
  static final class NotBegun extends Exception {}

  /** Makes the call, unless it has been ended before. */
  <T> T make(Callable<T> call) throws Exception {
    begin();
    try {
      return call.call();
    } finally {
      finish();
    }
  }

  /** The whole answer is here; from now on, what is done with it is not interrupted. */
  void answered() {
    finish();
  }

  /** Ends the call; the first reason is kept. */
  public synchronized void end(Ended reason) {
    if (ended == null) {
      ended = reason;
    }
    if (caller != null) {
      caller.interrupt();
    }
  }

  synchronized @Nullable Ended ended() {
    return ended;
  }

  private synchronized void begin() throws NotBegun {
    if (ended != null) {
      throw new NotBegun();
    }
    caller = Thread.currentThread();
  }

  private synchronized void finish() {
    caller = null;
    Thread.interrupted(); // it was meant for the call, not for what follows
  }
}
