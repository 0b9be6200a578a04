package dev.darkroom.worker.consume;

import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A worker with unlimited capacity: accepts all it receives. */
final class TestingTaker implements AutoCloseable {
  private final Queue<RequestId> taken = new ConcurrentLinkedQueue<>();
  private final JobSource source;
  private final Thread thread;
  private volatile boolean running = true;

  TestingTaker(JobSource source) {
    this.source = source;
    thread = Thread.ofPlatform().name("taker").start(this::take);
  }

  private void take() {
    try (source) {
      while (running) {
        var deliveries = source.poll(Duration.ofSeconds(30));
        source.accept(deliveries);
        deliveries.forEach(delivery -> taken.add(delivery.job().requestId()));
      }
    }
  }

  Queue<RequestId> taken() {
    return taken;
  }

  @Override
  public void close() {
    running = false;
    source.wakeUp();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
