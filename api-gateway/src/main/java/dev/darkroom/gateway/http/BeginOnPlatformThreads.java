package dev.darkroom.gateway.http;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Carries out the first requests of a process on platform threads: they load and initialize the
 * classes that all others need, and virtual threads may wait for each other for ever over that.
 */
final class BeginOnPlatformThreads implements Executor {
  /**
   * More than come at once before each kind has been answered, and few enough for a thread each.
   */
  static final int FIRST = 500;

  private final Executor first;
  private final Executor then;
  private final AtomicInteger left = new AtomicInteger(FIRST);

  /**
   * @param then carries out all requests after the first
   */
  BeginOnPlatformThreads(Executor then) {
    this(
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("first-requests-", 1).factory()),
        then);
  }

  BeginOnPlatformThreads(Executor first, Executor then) {
    this.first = first;
    this.then = then;
  }

  @Override
  public void execute(Runnable request) {
    var isOfTheFirst = left.get() > 0 && left.getAndDecrement() > 0;
    (isOfTheFirst ? first : then).execute(request);
  }
}
