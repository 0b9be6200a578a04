package dev.darkroom.worker.nebius;

import dev.darkroom.worker.limit.CallPermits;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

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
  public void observe(int status, Headers headers) {
    heard.add(status + " " + headers.first("x-ratelimit-limit-requests"));
  }

  @Override
  public void serve(IntSupplier free, Runnable whenMore) {}

  @Override
  public String state() {
    return "testing";
  }
}
