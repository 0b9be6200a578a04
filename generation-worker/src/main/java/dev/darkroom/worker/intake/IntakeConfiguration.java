package dev.darkroom.worker.intake;

import dev.darkroom.messaging.JobRecords;
import dev.darkroom.messaging.KeepTopics;
import dev.darkroom.worker.attempt.JobsInHand;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the intake together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IntakeSettings.class)
class IntakeConfiguration {

  @Bean
  TakeJobs takeJobs(
      KafkaProperties kafka,
      JobRecords records,
      KeepTopics topics,
      JobsInHand jobs,
      IntakeSettings settings) {
    // The way to the broker and nothing else: a share consumer refuses the settings of an ordinary
    // one, some of which Spring Boot always adds.
    var config = kafka.buildAdminProperties();
    return new TakeJobs(
        () -> new ShareGroupSource(config, settings.batch(), records), topics, jobs, settings);
  }
}
