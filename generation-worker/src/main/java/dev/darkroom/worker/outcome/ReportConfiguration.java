package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.NebiusGate;
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
      NebiusGate gate,
      OutcomeStore finish,
      JobStore reschedule,
      DiscardPicture discard,
      PublishEvents events,
      RandomGenerator random) {
    return new ReportOutcome(
        new ReadOutcome(new Backoff(backoff, random), gate.turnedAwayFor()),
        finish,
        reschedule,
        discard,
        events,
        gate::untilProbe);
  }

  @Bean
  DiscardPicture discardPicture(JobQueries ledger, PictureStore store) {
    return new DiscardPicture(ledger, store);
  }
}
