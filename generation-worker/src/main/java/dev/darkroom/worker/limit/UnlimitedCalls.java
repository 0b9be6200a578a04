package dev.darkroom.worker.limit;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** No limit is set: only a 429 makes this worker pause. */
record UnlimitedCalls(Counter throttled) implements CallPermits {
  @Override
  public boolean limited() {
    return false;
  }

  @Override
  public int available() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void spend(int calls) {}

  @Override
  public void observe(Headers headers) {}

  @Override
  public void refused(@Nullable Duration wait) {
    throttled.increment();
  }

  @Override
  public void serve(IntSupplier free, Runnable whenMore) {}

  @Override
  public String state() {
    return "no limit is set";
  }
}
