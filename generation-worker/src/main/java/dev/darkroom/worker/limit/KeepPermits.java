package dev.darkroom.worker.limit;

import org.springframework.context.SmartLifecycle;

/** Asks for permits as they are used up or lapse, beside the intake, so that it need not wait. */
final class KeepPermits implements SmartLifecycle {
  private final CallPermits permits;
  private volatile boolean running;
  private Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {});

  KeepPermits(CallPermits permits) {
    this.permits = permits;
  }

  @Override
  public void start() {
    if (!(permits instanceof SharedPermits shared)) {
      return; // there is no limit, and nobody to ask
    }
    running = true;
    thread = Thread.ofPlatform().daemon().name("keep-permits").start(() -> keep(shared));
  }

  @Override
  public void stop() {
    running = false;
    thread.interrupt();
    try {
      thread.join();
      if (permits instanceof SharedPermits shared) {
        shared.giveBack();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stopped after the intake: what is taken has its permits. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }

  private void keep(SharedPermits shared) {
    try {
      while (running) {
        shared.keep();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
