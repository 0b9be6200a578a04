package dev.darkroom.messaging;

import dev.darkroom.ledger.queue.EventOutbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.ProducerListener;
import tools.jackson.databind.json.JsonMapper;

/** Topics, records and the publishing of events as beans, for applications that import it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MessagingSettings.class)
public class MessagingConfiguration {

  @Bean
  KeepTopics keepTopics(
      KafkaProperties kafka,
      KafkaAdmin admin,
      MessagingSettings settings,
      KafkaTroubles kafkaTroubles,
      ObjectProvider<MeterRegistry> meters) {
    RequireKafkaAddress.in(kafka.getBootstrapServers());
    var topics = new KeepTopics(admin, settings, kafkaTroubles);
    meters.ifAvailable(topics::measureBy);
    return topics;
  }

  @Bean
  KafkaTroubles kafkaTroubles(Clock clock) {
    return new KafkaTroubles(clock);
  }

  @Bean
  HealthIndicator kafka(KafkaTroubles kafkaTroubles) {
    return new KafkaHealth(kafkaTroubles);
  }

  @Bean
  ProducerListener<Object, Object> logFailedSends() {
    return new LogFailedSends();
  }

  @Bean
  JobRecords jobRecords(JsonMapper json) {
    return new JobRecords(json);
  }

  @Bean
  EventRecords eventRecords(JsonMapper json) {
    return new EventRecords(json);
  }

  @Bean
  PublishEvents publishEvents(
      KafkaTemplate<String, byte[]> kafka,
      EventRecords records,
      EventOutbox outbox,
      Clock clock,
      KafkaTroubles kafkaTroubles) {
    return new PublishEvents(kafka, records, outbox, clock, kafkaTroubles);
  }
}
