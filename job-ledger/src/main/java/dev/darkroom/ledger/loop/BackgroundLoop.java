package dev.darkroom.ledger.loop;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Runs one round after another on a thread of its own until the application stops. A round that
 * fails is followed by the next one all the same; the log says so once, and once when rounds
 * succeed again. After an {@link Error} health is down until a round ends without one.
 */
public final class BackgroundLoop implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST_ROUND = Duration.ofMinutes(1);

  /** After the web server, whose last requests still hand in jobs. */
  private static final int AFTER_REQUESTS = DEFAULT_PHASE - 4096;

  private final String name;
  private final Duration pause;
  private final Duration retryAfter;
  private final int phase;
  private final LoopRound round;
  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private volatile long lastSuccess;
  private volatile @Nullable Error error;
  private boolean failing;
  private Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {});

  /**
   * @param name of the thread, and of the loop in logs, health and metrics
   * @param pause between two rounds
   */
  public BackgroundLoop(String name, Duration pause, LoopRound round) {
    this(name, pause, pause, AFTER_REQUESTS, round);
  }

  /**
   * @param retryAfter the pause after a round that failed
   * @param phase of {@link SmartLifecycle}: the highest starts last and stops first
   */
  public BackgroundLoop(
      String name, Duration pause, Duration retryAfter, int phase, LoopRound round) {
    this.name = name;
    this.pause = pause;
    this.retryAfter = retryAfter;
    this.phase = phase;
    this.round = round;
  }

  @Override
  public void start() {
    var until = new CountDownLatch(1);
    stopping = until;
    lastSuccess = System.nanoTime();
    error = null;
    round.begin();
    // not a virtual thread: Kafka's clients would hold on to a carrier
    thread = Thread.ofPlatform().daemon().name(name).start(() -> run(until));
  }

  private void run(CountDownLatch until) {
    try {
      while (isBefore(until)) {
        var wait = runOnce(until);
        if (!wait.isZero() && until.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      log.atDebug().addKeyValue("loop", name).log("interrupted; the loop ends");
    } finally {
      round.end();
    }
  }

  private static boolean isBefore(CountDownLatch end) {
    return end.getCount() > 0;
  }

  /** How long to wait before the next round. */
  private Duration runOnce(CountDownLatch until) throws InterruptedException {
    try {
      var more = round.run();
      succeeded();
      return more ? Duration.ZERO : pause;
    } catch (RuntimeException | Error e) { // nobody else would start the loop again
      if (isBefore(until)) {
        failed(e);
      }
      return retryAfter;
    }
  }

  private void succeeded() {
    if (failing) {
      log.atInfo().addKeyValue("loop", name).log("background loop works again");
    }
    failing = false;
    error = null;
    lastSuccess = System.nanoTime();
  }

  private void failed(Throwable e) {
    error = e instanceof Error serious ? serious : null;
    if (e instanceof LoggedFailureException || e instanceof ReadOnlyLedgerException) {
      return; // a read-only ledger fails every loop, and is logged where it is noticed
    }
    (failing ? log.atDebug() : log.atWarn())
        .addKeyValue("loop", name)
        .addKeyValue(
            "reason", String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage()))
        .setCause(failing && !(e instanceof Error) ? null : e)
        .log("background loop failed; it retries, and logs nothing more until it succeeds");
    failing = true;
  }

  /** Lets the round under way finish: interrupting it would break its database connection. */
  @Override
  public void stop() {
    stopping.countDown();
    round.wakeUp();
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  /** Loops of one phase stop at the same time, so that an outage delays the shutdown only once. */
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

  @Override
  public int getPhase() {
    return phase;
  }

  String name() {
    return name;
  }

  /** The error that the latest round ended with. */
  Optional<Error> error() {
    return Optional.ofNullable(error);
  }

  /** Since the last round that succeeded, or since the start; zero while it does not run. */
  Duration age() {
    return isRunning() ? Duration.ofNanos(System.nanoTime() - lastSuccess) : Duration.ZERO;
  }

  /** Whether no round has succeeded for much longer than one should take. */
  boolean isLate() {
    return age().compareTo(LONGEST_ROUND.plus(pause.multipliedBy(10))) > 0;
  }

  void measureBy(MeterRegistry meters) {
    Gauge.builder("darkroom.loop.age", this, loop -> loop.age().toNanos() / 1e9)
        .description("Time since the last round of a background loop that succeeded")
        .baseUnit("seconds")
        .tag("loop", name)
        .register(meters);
    Gauge.builder("darkroom.loop.late", this, loop -> loop.isLate() ? 1 : 0)
        .description("1 where no round has succeeded for a minute and ten of the loop's pauses")
        .tag("loop", name)
        .register(meters);
  }
}
