package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.ClaimJobs;
import dev.darkroom.ledger.jobs.RescheduleJobs;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.NebiusClient;
import dev.darkroom.worker.outcome.ReportOutcome;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the attempts together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkerSettings.class)
class AttemptConfiguration {

  @Bean
  JobsInHand jobsInHand(
      WorkerSettings settings,
      ClaimJobs ledger,
      RescheduleJobs reschedule,
      NebiusClient nebius,
      CallPermits permits,
      PictureStore store,
      ReportOutcome report,
      PublishEvents events,
      MeterRegistry meters) {
    var jobs =
        new JobsInHand(
            settings,
            ledger,
            new UnbegunAttempts(reschedule),
            nebius,
            permits,
            store,
            new AttemptJob(store, nebius, report, meters),
            events);
    DependencyTrouble.register(meters, "picture-store", () -> store.trouble().isPresent());
    Gauge.builder("darkroom.worker.jobs", jobs, JobsInHand::size)
        .description("Jobs under way in this worker")
        .register(meters);
    Gauge.builder("darkroom.worker.room", jobs, JobsInHand::room)
        .description("Jobs this worker could take now")
        .register(meters);
    for (var reason : Waiting.values()) {
      Gauge.builder("darkroom.worker.paused", jobs, waiting -> waiting.why() == reason ? 1 : 0)
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .description("1 for the reason why this worker takes no jobs now")
          .register(meters);
    }
    return jobs;
  }

  @Bean
  KeepLeases keepLeases(
      JobsInHand jobs, WorkerSettings settings, NebiusClient nebius, MeterRegistry meters) {
    var limit = new ThreadLimit(Path.of("/"));
    var report = new StartReport(settings, nebius.timeout(), limit);
    return new KeepLeases(jobs, settings, report, meters);
  }
}
