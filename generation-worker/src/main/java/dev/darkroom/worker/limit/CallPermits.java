package dev.darkroom.worker.limit;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** What this worker may call, and what Nebius says about it. */
public interface CallPermits {
  /** Reads a header of a reply. */
  @FunctionalInterface
  interface Headers {
    @Nullable String first(String name);
  }

  /** Whether there is a limit at all. */
  boolean limited();

  /** How many calls may be begun now; without a limit there is no end of them. */
  int inStock();

  /** These calls are begun. */
  void spend(int calls);

  /**
   * Nebius has answered; its headers tell how much it grants, a 429 how long to wait.
   *
   * @param begunNanos when the call began, {@link System#nanoTime()}
   */
  void heard(int status, Headers headers, long begunNanos);

  /**
   * Whom the permits are for.
   *
   * @param free how many calls it could begin now if they were permitted
   * @param more is run when there may be more permits than before
   */
  void serve(IntSupplier free, Runnable more);

  /** A call has ended; there may be use for another permit. */
  void slotFreed();

  /** In words, for the health page. */
  String state();
}
