package dev.darkroom.worker.run;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker says of itself when it starts, and of settings that will cost something.
 *
 * @param callTimeout how long a call may take
 */
record StartReport(WorkerSettings settings, Duration callTimeout, ThreadLimit limit) {
  private static final Logger log = LoggerFactory.getLogger(StartReport.class);

  /** How long jobs in hand may take to end when the worker is stopped. */
  Duration drain() {
    return Objects.requireNonNullElse(settings.drain(), callTimeout);
  }

  void log() {
    log.atInfo()
        .addKeyValue("worker", settings.id()) // all that clients are shown
        .addKeyValue("process_at_host", ManagementFactory.getRuntimeMXBean().getName())
        .addKeyValue("concurrency", settings.concurrency())
        .addKeyValue("drain", drain())
        .log("worker starts");
    if (drain().compareTo(callTimeout) < 0) {
      log.atWarn()
          .addKeyValue("drain", drain())
          .addKeyValue("timeout", callTimeout)
          .log(
              "darkroom.worker.drain is shorter than darkroom.nebius.timeout; a stop may cut calls, and they are made and paid for again");
    }
    if (limit.isTooLowFor(settings.concurrency())) {
      log.atWarn()
          .addKeyValue("concurrency", settings.concurrency())
          .addKeyValue("allowed", limit.threads().orElse(0))
          .log(
              "darkroom.worker.concurrency is more than the limit of processes allows (pids.max, ulimit -u); jobs that find no thread go back to the ledger");
    }
  }
}
