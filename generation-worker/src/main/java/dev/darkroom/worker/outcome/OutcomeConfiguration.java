package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker;
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
      NebiusCircuitBreaker gate,
      OutcomeStore outcomes,
      JobStore jobs,
      JobQueries queries,
      PictureStore store,
      EventPublisher events,
      RandomGenerator random) {
    return new OutcomeReporter(
        new RetryPolicy(new Backoff(backoff, random), gate.probeAfter()),
        outcomes,
        jobs,
        new OrphanPictureCleaner(queries, store),
        events,
        gate::untilProbe);
  }
}
