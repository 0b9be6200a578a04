package dev.darkroom.worker.limit;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** How many calls to Nebius this worker may begin. */
public interface CallPermits {
  int TOO_MANY_REQUESTS = 429;

  /** Reads a header of a reply. */
  @FunctionalInterface
  interface Headers {
    @Nullable String first(String name);
  }

  /** Whether there is a limit at all. */
  boolean limited();

  /** How many calls may begin now; {@link Integer#MAX_VALUE} without a limit. */
  int available();

  /** These calls begin. */
  void spend(int calls);

  /** Nebius has answered; its headers say how much it grants and, with a 429, how long to wait. */
  void observe(int status, Headers headers);

  /**
   * Registers who uses the permits.
   *
   * @param free how many calls it could begin now if they were permitted
   * @param whenMore runs when there may be more permits than before
   */
  void serve(IntSupplier free, Runnable whenMore);

  /** In words, for the health page. */
  String state();
}
