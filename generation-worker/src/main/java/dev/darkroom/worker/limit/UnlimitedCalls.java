package dev.darkroom.worker.limit;

import io.micrometer.core.instrument.Counter;
import java.util.function.IntSupplier;

/** No limit was set: nobody is asked for anything, and a 429 is all that holds calls up. */
record UnlimitedCalls(Counter throttled) implements CallPermits {
  @Override
  public boolean limited() {
    return false;
  }

  @Override
  public int inStock() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void spend(int calls) {}

  @Override
  public void heard(int status, Headers headers, long begunNanos) {
    if (status == ReadHeaders.TOO_MANY_REQUESTS) {
      throttled.increment();
    }
  }

  @Override
  public void serve(IntSupplier free, Runnable more) {}

  @Override
  public void slotFreed() {}

  @Override
  public String state() {
    return "no limit is set";
  }
}
