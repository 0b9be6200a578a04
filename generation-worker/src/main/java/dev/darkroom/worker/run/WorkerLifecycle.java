package dev.darkroom.worker.run;

import dev.darkroom.worker.nebius.Providers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Logs the settings at the start, and drains the jobs that run at the stop. */
final class WorkerLifecycle implements SmartLifecycle {
  /** Started before the consumer and stopped after it: while jobs drain, no new ones come in. */
  static final int PHASE = DEFAULT_PHASE - 1;

  private static final Logger log = LoggerFactory.getLogger(WorkerLifecycle.class);
  private static final Duration LAST_CLAIM = Duration.ofSeconds(8);
  private static final Duration LAST_REPORTS = Duration.ofSeconds(5);

  private final JobExecutor jobs;
  private final WorkerSettings settings;
  private final Duration callTimeout;
  private volatile boolean running;

  WorkerLifecycle(JobExecutor jobs, WorkerSettings settings, Providers providers) {
    this.jobs = jobs;
    this.settings = settings;
    this.callTimeout = providers.timeout();
  }

  @Override
  public void start() {
    logSettings(settings, callTimeout);
    jobs.startClaiming();
    running = true;
  }

  static void logSettings(WorkerSettings settings, Duration callTimeout) {
    var drain = settings.drainOr(callTimeout);
    log.atInfo()
        .addKeyValue("worker", settings.id()) // all that clients are shown
        .addKeyValue("process_at_host", ManagementFactory.getRuntimeMXBean().getName())
        .addKeyValue("concurrency", settings.concurrency())
        .addKeyValue("drain", drain)
        .log("worker starts");
    if (drain.compareTo(callTimeout) < 0) {
      log.atWarn()
          .addKeyValue("drain", drain)
          .addKeyValue("timeout", callTimeout)
          .log(
              "darkroom.worker.drain is shorter than darkroom.nebius.timeout; a stop may cancel calls, which are made and paid for again");
    }
  }

  @Override
  public void stop() {
    try {
      var drain = settings.drainOr(callTimeout);
      log.atInfo()
          .addKeyValue("jobs", jobs.size())
          .addKeyValue("drain", drain)
          .log("stopping; running jobs may finish, and go back to the ledger after the drain time");
      jobs.stopClaiming(LAST_CLAIM);
      if (!jobs.awaitNone(drain)) {
        jobs.cancelAll();
        if (!jobs.awaitNone(LAST_REPORTS)) {
          log.atWarn()
              .addKeyValue("jobs", jobs.size())
              .log("could not give back some jobs; they are rescued when their leases expire");
        }
      }
      giveBackUnanswered();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running = false;
    }
  }

  private void giveBackUnanswered() {
    try {
      jobs.renewLeases();
      jobs.leave();
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("reason", e.toString())
          .log("the ledger does not answer; jobs it may hold for this worker are rescued");
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
