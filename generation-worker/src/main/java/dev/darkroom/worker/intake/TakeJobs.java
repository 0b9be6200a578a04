package dev.darkroom.worker.intake;

import dev.darkroom.messaging.KeepTopics;
import dev.darkroom.worker.attempt.JobsInHand;
import dev.darkroom.worker.intake.JobSource.Delivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Takes jobs as long as there is room: polls, claims in the ledger, lets go of the record. Between
 * poll and claim the broker keeps a record for this worker, so a worker that dies there loses
 * nothing.
 */
final class TakeJobs implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(TakeJobs.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Supplier<JobSource> open;
  private final KeepTopics topics;
  private final JobsInHand jobs;
  private final IntakeSettings settings;
  private final Deque<Delivery> waiting = new ArrayDeque<>();
  private volatile boolean running;
  private volatile @Nullable JobSource source;
  private boolean ledgerAnswers = true;
  private Thread thread = new Thread(this::run);

  TakeJobs(Supplier<JobSource> open, KeepTopics topics, JobsInHand jobs, IntakeSettings settings) {
    this.open = open;
    this.topics = topics;
    this.jobs = jobs;
    this.settings = settings;
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("intake").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    var open = source;
    if (open != null) {
      open.wakeUp();
    }
    try {
      if (!thread.join(STOP_PATIENCE)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void run() {
    while (running) {
      try {
        awaitTopics();
        takeFrom(open.get());
      } catch (RuntimeException e) { // whatever it is, a worker without its intake is no use
        log.atWarn().setCause(e).log("intake broke off; it begins again in a moment");
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Subscribed before the group is told to read from the beginning, it would miss what is already
   * there.
   */
  private void awaitTopics() throws InterruptedException {
    while (running && !topics.present()) {
      Thread.sleep(PAUSE.dividedBy(5));
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      running = false;
    }
  }

  private void takeFrom(JobSource opened) throws InterruptedException {
    waiting.clear();
    source = opened;
    try (opened) {
      while (running) {
        if (jobs.room() == 0) {
          jobs.awaitRoom(PAUSE);
        } else {
          waiting.addAll(opened.poll(settings.poll()));
        }
        claimWaiting(opened);
      }
    } finally {
      source = null;
    }
  }

  /** Until all of them are claimed or given back: the next poll may only come then. */
  private void claimWaiting(JobSource from) throws InterruptedException {
    var giveUp = System.nanoTime() + settings.hold().toNanos();
    while (!waiting.isEmpty()) {
      if (!running || System.nanoTime() - giveUp > 0) {
        from.giveBack(List.copyOf(waiting));
        waiting.clear();
        return;
      }
      var next = waiting.stream().limit(jobs.room()).toList();
      if (next.isEmpty()) {
        jobs.awaitRoom(PAUSE);
      } else if (claim(next)) {
        from.accept(next);
        next.forEach(waiting::remove);
      } else {
        Thread.sleep(PAUSE);
      }
    }
  }

  private boolean claim(List<Delivery> deliveries) {
    try {
      jobs.take(deliveries.stream().map(Delivery::job).toList());
      if (!ledgerAnswers) {
        log.info("the ledger answers again; jobs are taken");
      }
      ledgerAnswers = true;
    } catch (DataAccessException e) {
      if (ledgerAnswers) {
        log.atWarn()
            .setCause(e)
            .log("the ledger does not answer; nothing new is taken until it does");
      }
      ledgerAnswers = false;
    }
    return ledgerAnswers;
  }
}
