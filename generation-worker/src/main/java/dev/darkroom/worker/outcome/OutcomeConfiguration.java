package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.FindJobs;
import dev.darkroom.ledger.jobs.FinishJobs;
import dev.darkroom.ledger.jobs.RescheduleJobs;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.NebiusGate;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BackoffSettings.class)
class OutcomeConfiguration {

  @Bean
  OutcomeReporter outcomeReporter(
      BackoffSettings backoff,
      NebiusGate gate,
      FinishJobs finish,
      RescheduleJobs reschedule,
      FindJobs find,
      PictureStore store,
      EventPublisher events,
      RandomGenerator random) {
    return new OutcomeReporter(
        new RetryPolicy(new Backoff(backoff, random), gate.turnedAwayFor()),
        finish,
        reschedule,
        new OrphanPictureCleaner(find, store),
        events,
        gate::untilProbe);
  }
}
