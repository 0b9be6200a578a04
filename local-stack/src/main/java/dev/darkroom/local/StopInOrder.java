package dev.darkroom.local;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What Ctrl-C does: stops the stack, or a start that is under way, which then stops what it has
 * begun. PostgreSQL is a process of its own and would outlive this one.
 */
final class StopInOrder {
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private final Thread starter;
  private @Nullable LocalStack stack;
  private boolean starting = true;

  StopInOrder(Thread starter) {
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
        Say.progress("stopping what has been started …");
        if (!starter.join(PATIENCE)) {
          Say.progress("the start did not end in time; something may be left running");
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
      Say.progress("stopping: jobs in hand may end, the others wait for the next start …");
      stack.close();
      Say.progress("stopped");
    }
  }
}
