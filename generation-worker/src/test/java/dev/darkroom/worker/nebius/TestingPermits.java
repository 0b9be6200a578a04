package dev.darkroom.worker.nebius;

import dev.darkroom.worker.limit.CallPermits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Permits without end, which remember what they heard. */
public final class TestingPermits implements CallPermits {
  final List<String> heard = new CopyOnWriteArrayList<>();

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
  public void observe(Headers headers) {
    heard.add("grants " + headers.first("x-ratelimit-limit-requests"));
  }

  @Override
  public void refused(@Nullable Duration wait) {
    heard.add("refused for " + wait);
  }

  @Override
  public void serve(IntSupplier free, Runnable whenMore) {}

  @Override
  public String state() {
    return "testing";
  }
}
