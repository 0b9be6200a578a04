package dev.darkroom.local;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stops the stack on Ctrl-C, or interrupts its startup, which then stops the parts that it started.
 * PostgreSQL is a separate process and would outlive this one.
 */
final class ShutdownSequence {
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private final Thread starter;
  private @Nullable LocalStack stack;
  private boolean starting = true;

  ShutdownSequence(Thread starter) {
    this.starter = starter;
  }

  synchronized void started(LocalStack started) {
    stack = started;
    starting = false;
  }

  synchronized void failed() {
    starting = false;
  }

  void run() {
    try {
      if (interruptStart()) {
        Console.progress("stopping …");
        if (!starter.join(PATIENCE)) {
          Console.progress("startup did not stop in time; processes may still be running");
        }
      } else {
        stop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean interruptStart() {
    if (starting) {
      starter.interrupt();
    }
    return starting;
  }

  private synchronized void stop() {
    if (stack != null) {
      Console.progress(
          "stopping: running jobs may finish, the rest continue after the next start …");
      stack.close();
      Console.progress("stopped");
    }
  }
}
