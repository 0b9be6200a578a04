package dev.darkroom.worker.run;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import dev.darkroom.ledger.loop.LoopAge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Renews the leases every third of their length. When the worker is stopped it goes on doing so
 * while the jobs in hand come to their end, and gives back those that don't in time.
 */
final class KeepLeases implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(KeepLeases.class);
  private static final Duration LAST_CLAIM = Duration.ofSeconds(8);
  private static final Duration LAST_REPORTS = Duration.ofSeconds(5);
  private static final Duration AFTER_A_FAILURE = Duration.ofMillis(500);

  private final JobsInHand jobs;
  private final WorkerSettings settings;
  private final StartReport report;
  private final Duration drain;
  private final LoopAge age = new LoopAge("keep-leases");
  private volatile boolean running;
  private Thread thread = Thread.ofPlatform().daemon().unstarted(this::keep);

  KeepLeases(JobsInHand jobs, WorkerSettings settings, StartReport report, MeterRegistry meters) {
    this.jobs = jobs;
    this.settings = settings;
    this.report = report;
    this.drain = report.drain();
    age.register(meters);
  }

  @Override
  public void start() {
    report.log();
    running = true;
    jobs.takeAgain();
    age.succeeded();
    thread = Thread.ofPlatform().daemon().name("keep-leases").start(this::keep);
  }

  @Override
  public void stop() {
    try {
      log.atInfo()
          .addKeyValue("jobs", jobs.size())
          .addKeyValue("drain", drain)
          .log(
              "stopping; the jobs in hand may end, those that don't in time go back to the ledger");
      jobs.takeNothingMore(LAST_CLAIM);
      if (!jobs.awaitNone(drain)) {
        jobs.giveBack();
        if (!jobs.awaitNone(LAST_REPORTS)) {
          log.atWarn()
              .addKeyValue("jobs", jobs.size())
              .log("some jobs could not be given back; they are rescued when their leases lapse");
        }
      }
      giveBackUnheardOf();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running = false;
      thread.interrupt();
    }
  }

  /** What a claim brought whose answer never came. */
  private void giveBackUnheardOf() {
    try {
      jobs.renewLeases();
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

  /** Begun before the intake and stopped after it: while jobs drain, nothing new comes in. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1;
  }

  private void keep() {
    var wait = settings.lease().dividedBy(3);
    while (running) {
      try {
        Thread.sleep(wait);
        wait = AFTER_A_FAILURE; // unless this one succeeds: there is not much of the lease left
        jobs.renewLeases();
        age.succeeded();
        wait = settings.lease().dividedBy(3);
      } catch (RuntimeException | Error e) {
        // without this thread every job would be taken for lost
        (e instanceof ReadOnlyLedgerException ? log.atDebug() : log.atWarn())
            .addKeyValue("reason", e.toString())
            .log(
                "leases could not be renewed; calls go on, and count as long as nobody else begins");
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
