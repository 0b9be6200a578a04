package dev.darkroom.worker.report;

import dev.darkroom.ledger.FinishJobs;
import dev.darkroom.ledger.RescheduleJobs;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.worker.nebius.NebiusGate;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the reporting of outcomes together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  ReportSettings.class,
  JobSettings.class,
  UnknownOutcomeSettings.class
})
class ReportConfiguration {

  @Bean
  ReportOutcome reportOutcome(
      ReportSettings backoff,
      JobSettings job,
      UnknownOutcomeSettings unknown,
      NebiusGate gate,
      FinishJobs finish,
      RescheduleJobs reschedule,
      PublishEvents events,
      RandomGenerator random) {
    return new ReportOutcome(
        new ReadOutcome(new Backoff(backoff, random), gate.turnedAwayFor()),
        finish,
        reschedule,
        new AttemptPolicy(job.maxAttempts(), unknown.onUnknownOutcome()),
        events);
  }
}
