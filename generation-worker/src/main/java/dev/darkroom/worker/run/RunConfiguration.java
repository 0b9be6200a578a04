package dev.darkroom.worker.run;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.run.JobExecutor.PauseReason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerSettings.class)
@Import({JobAttempt.class, JobExecutor.class, WorkerLifecycle.class})
class RunConfiguration {
  /** After a failure there is not much of the lease left. */
  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  /** A cancelled call is cut within two seconds. */
  private static final Duration HEED_EVERY = Duration.ofSeconds(1);

  @Bean
  MeterBinder workerMeters(JobExecutor jobs, PictureStore store) {
    return meters -> {
      DependencyTrouble.register(meters, "picture-store", () -> store.trouble().isPresent());
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
    };
  }

  /** Until the last job has drained: its call may be cut, too. */
  @Bean
  BackgroundLoop ordersLoop(JobExecutor jobs) {
    return new BackgroundLoop(
        "heed-orders",
        HEED_EVERY,
        HEED_EVERY,
        WorkerLifecycle.PHASE - 1,
        () -> {
          jobs.heedOrders();
          return false;
        });
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
