package dev.darkroom.worker.limit;

import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** How many calls to one provider this worker may begin. */
public interface CallPermits {
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

  /** The provider has answered; its headers may say how much it grants. */
  void observe(Headers headers);

  /**
   * The provider has refused a call for its rate.
   *
   * @param wait that it asks for; null if it names none
   */
  void refused(@Nullable Duration wait);

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
