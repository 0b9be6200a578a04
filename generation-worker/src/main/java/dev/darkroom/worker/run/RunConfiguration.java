package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.NebiusClient;
import dev.darkroom.worker.outcome.OutcomeReporter;
import dev.darkroom.worker.run.JobExecutor.PauseReason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerSettings.class)
class RunConfiguration {
  /** After a failure there is not much of the lease left. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  @Bean
  JobExecutor jobExecutor(
      WorkerSettings settings,
      JobStore ledger,
      NebiusClient nebius,
      CallPermits permits,
      PictureStore store,
      OutcomeReporter reporter,
      EventPublisher events,
      MeterRegistry meters) {
    var attempts = new JobAttempt(store, nebius, reporter, meters);
    var jobs = new JobExecutor(settings, ledger, nebius, permits, store, attempts, events);
    DependencyTrouble.register(meters, "picture-store", () -> store.trouble().isPresent());
    measure(jobs, meters);
    return jobs;
  }

  private static void measure(JobExecutor jobs, MeterRegistry meters) {
    Gauge.builder("darkroom.worker.jobs", jobs, JobExecutor::size)
        .description("Jobs that this worker runs")
        .register(meters);
    Gauge.builder("darkroom.worker.room", jobs, JobExecutor::available)
        .description("Jobs that this worker could take now")
        .register(meters);
    for (var reason : PauseReason.values()) {
      Gauge.builder(
              "darkroom.worker.paused", jobs, paused -> paused.pauseReason() == reason ? 1 : 0)
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .description("1 for the reason why this worker takes no jobs now")
          .register(meters);
    }
  }

  @Bean
  WorkerLifecycle workerLifecycle(JobExecutor jobs, WorkerSettings settings, NebiusClient nebius) {
    return new WorkerLifecycle(jobs, settings, nebius.timeout());
  }

  /** Stopped last: leases are renewed while jobs drain. */
  @Bean
  BackgroundLoop leaseRenewer(JobExecutor jobs, WorkerSettings settings) {
    return new BackgroundLoop(
        "keep-leases",
        settings.lease().dividedBy(3),
        RETRY_AFTER,
        WorkerLifecycle.PHASE - 1,
        () -> {
          jobs.renewLeases();
          return false;
        });
  }
}
