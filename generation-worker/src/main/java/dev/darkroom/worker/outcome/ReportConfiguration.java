package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.FindJobs;
import dev.darkroom.ledger.jobs.FinishJobs;
import dev.darkroom.ledger.jobs.RescheduleJobs;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the reporting of outcomes together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReportSettings.class)
class ReportConfiguration {

  @Bean
  ReportOutcome reportOutcome(
      ReportSettings backoff,
      NebiusCircuitBreaker breaker,
      FinishJobs finish,
      RescheduleJobs reschedule,
      DiscardPicture discard,
      PublishEvents events,
      RandomGenerator random) {
    return new ReportOutcome(
        new ReadOutcome(new Backoff(backoff, random), breaker.probeAfter()),
        finish,
        reschedule,
        discard,
        events,
        breaker::untilProbe);
  }

  @Bean
  DiscardPicture discardPicture(FindJobs ledger, PictureStore store) {
    return new DiscardPicture(ledger, store);
  }
}
