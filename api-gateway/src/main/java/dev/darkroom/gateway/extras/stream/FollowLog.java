package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.wait.HearEvents;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.ledger.log.LogTail.Pace;
import dev.darkroom.ledger.log.LogTail.Reading;
import dev.darkroom.ledger.log.ReadSteps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads the log for all who listen to this gateway, once. Events say that there is something to
 * read; as they may be lost, and not every step has one, it looks by itself as well. While nobody
 * listens it reads nothing.
 */
@Component
final class FollowLog implements SmartLifecycle, HearEvents {
  private static final Logger log = LoggerFactory.getLogger(FollowLog.class);

  /** A transaction of ours ends within milliseconds. */
  private static final Duration SETTLING = Duration.ofMillis(3);

  private final ReadSteps ledger;
  private final Listeners listeners;
  private final LiveSettings settings;
  private final InstantSource clock;
  private final Semaphore events = new Semaphore(0);
  private volatile CountDownLatch stopping = new CountDownLatch(0);
  private Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {});
  private boolean failing;

  FollowLog(ReadSteps ledger, Listeners listeners, LiveSettings settings, InstantSource clock) {
    this.ledger = ledger;
    this.listeners = listeners;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void start() {
    stopping = new CountDownLatch(1);
    listeners.open();
    thread = Thread.ofPlatform().daemon().name("follow-log").start(this::run);
  }

  private void run() {
    try {
      while (isRunning()) {
        listeners.awaitSome();
        followUntilBroken(ledger.tail(clock, settings.patience()));
      }
    } catch (InterruptedException e) {
      log.debug("no longer following the log: interrupted");
    }
  }

  private void followUntilBroken(LogTail tail) throws InterruptedException {
    try {
      follow(tail);
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .log("steps could not be handed out; all streams end, and their clients may resume them");
      listeners.endAll();
      rest(settings.poll());
    }
  }

  private void follow(LogTail tail) throws InterruptedException {
    while (isRunning() && !listeners.areGone()) {
      var reading = read(tail);
      if (reading.wentBack()) {
        listeners.logWentBack();
      }
      tail.position().ifPresent(upTo -> listeners.hear(reading.steps(), upTo));
      switch (reading.next()) {
        case AT_ONCE -> {}
        case SOON -> rest(SETTLING);
        case LATER -> awaitEvents();
      }
    }
  }

  private Reading read(LogTail tail) {
    try {
      var reading = tail.next();
      if (failing) {
        failing = false;
        log.info("live steps go on; none was lost");
      }
      return reading;
    } catch (RuntimeException e) {
      warnOnce(e);
      return new Reading(List.of(), Pace.LATER, false);
    }
  }

  private void warnOnce(RuntimeException e) {
    if (!failing && isRunning()) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("live steps can't be read; listeners wait, and hear them when the ledger answers");
    }
    failing = true;
  }

  private void awaitEvents() throws InterruptedException {
    rest(settings.pause());
    var _ = events.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
    events.drainPermits();
  }

  private void rest(Duration time) throws InterruptedException {
    var _ = stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void eventsCame() {
    if (events.availablePermits() == 0) {
      events.release();
    }
  }

  /** Before the web server, which would otherwise wait for the streams to end. */
  @Override
  public void stop() {
    stopping.countDown();
    listeners.close();
    eventsCame();
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }
}
