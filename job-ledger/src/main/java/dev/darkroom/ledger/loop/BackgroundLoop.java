package dev.darkroom.ledger.loop;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Runs one round after another on a thread of its own until the application stops. A round that
 * throws is followed by the next one all the same; the log says so once, and once when rounds
 * succeed again.
 */
public final class BackgroundLoop implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final Duration pause;
  private final LoopRound round;
  private final int rest;
  private final LoopAge age;
  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {});

  /**
   * @param name of the thread, and of the sweep in logs
   * @param pause between two rounds
   * @param round true where there is more to do at once
   */
  public BackgroundLoop(String name, Duration pause, LoopRound round) {
    this(name, pause, round, 0);
  }

  /**
   * A sweep that leaves most of the time to others.
   *
   * @param rest how many times as long as a round the pause after it is at least, also where there
   *     is more to do
   */
  public BackgroundLoop(String name, Duration pause, LoopRound round, int rest) {
    this.name = name;
    this.pause = pause;
    this.round = round;
    this.rest = rest;
    this.age = new LoopAge(name);
  }

  public BackgroundLoop(
      String name, Duration pause, Duration retryAfter, int phase, LoopRound round) {
    this(name, pause, round, 0); // the others are to come
  }

  @Override
  public void start() {
    var until = new CountDownLatch(1);
    stopping = until;
    age.succeeded();
    thread = Thread.ofPlatform().daemon().name(name).start(() -> run(until));
  }

  void measureBy(MeterRegistry meters) {
    age.register(meters);
  }

  private void run(CountDownLatch until) {
    var failing = false;
    try {
      while (until.getCount() > 0) {
        var more = false;
        var begun = System.nanoTime();
        try {
          more = round.run();
          if (failing) {
            log.atInfo().addKeyValue("sweep", name).log("the sweep works again");
          }
          failing = false;
          age.succeeded();
        } catch (ReadOnlyLedgerException e) { // it fails every sweep, and has been logged
          log.atDebug().addKeyValue("sweep", name).setCause(e).log("the ledger is read-only");
        } catch (LoggedFailureException e) {
          failing = true;
        } catch (RuntimeException | Error e) { // nobody else would begin it again
          warnOnce(failing, e);
          failing = true;
        }
        var took = System.nanoTime() - begun;
        var nanos = Math.max(more ? 0 : pause.toNanos(), rest * took);
        if (nanos > 0 && until.await(nanos, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      log.atDebug().addKeyValue("sweep", name).log("interrupted; it ends");
    } finally {
      round.end();
    }
  }

  private void warnOnce(boolean failing, Throwable e) {
    var event = failing ? log.atDebug() : log.atWarn();
    event
        .addKeyValue("sweep", name)
        .addKeyValue(
            "reason", String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()))
        .setCause(failing ? e : null)
        .log("the sweep failed; it is tried again, quietly until it succeeds");
  }

  /** Lets the round under way finish: interrupting it would break its database connection. */
  @Override
  public void stop() {
    stopping.countDown();
    round.wakeUp();
    try {
      if (!thread.join(PATIENCE)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Several sweeps stop at the same time, so that an outage holds up the shutdown only once. */
  @Override
  public void stop(Runnable whenStopped) {
    Thread.ofPlatform()
        .daemon()
        .name("stop-" + name)
        .start(() -> {
          try {
            stop();
          } finally {
            whenStopped.run();
          }
        });
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }

  /** Stops after the web server, whose last requests still hand in jobs. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 4096;
  }
}
