package dev.darkroom.messaging;

import dev.darkroom.ledger.jobs.EventOutbox;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.SmartLifecycle;
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
  private static final Logger log = LoggerFactory.getLogger(MessagingConfiguration.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final int BEFORE_SENDING_AND_POLLING = SmartLifecycle.DEFAULT_PHASE - 1000;

  @Bean
  TopicInitializer topicInitializer(
      KafkaProperties kafka,
      KafkaAdmin admin,
      MessagingSettings settings,
      KafkaHealth health,
      ObjectProvider<MeterRegistry> meters) {
    var servers = new BootstrapServers(kafka.getBootstrapServers());
    servers.requireAddresses();
    var topics =
        new TopicInitializer(servers, admin.getConfigurationProperties(), settings, health);
    meters.ifAvailable(to ->
        DependencyTrouble.register(to, "kafka", () -> !topics.present() || health.isInTrouble()));
    return topics;
  }

  @Bean
  BackgroundLoop keepTopics(TopicInitializer topics, MessagingSettings settings) {
    return new BackgroundLoop(
        "keep-topics",
        settings.checkTopicsEvery(),
        RETRY_AFTER,
        BEFORE_SENDING_AND_POLLING,
        topics);
  }

  /** Named as health shows it. */
  @Bean
  KafkaHealth kafka(Clock clock) {
    return new KafkaHealth(clock);
  }

  /**
   * The default would log a stack trace and the content of each record. An outage leaves thousands;
   * the senders log its beginning and end.
   */
  @Bean
  ProducerListener<Object, Object> logFailedSends() {
    return new ProducerListener<>() {
      @Override
      public void onError(
          ProducerRecord<Object, Object> unsent,
          @Nullable RecordMetadata metadata,
          @Nullable Exception reason) {
        log.atDebug()
            .addKeyValue("topic", unsent.topic())
            .addKeyValue("request_id", unsent.key())
            .addKeyValue("reason", String.valueOf(reason))
            .log("Kafka did not take a record; a sweep publishes it again from the ledger");
      }
    };
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
  EventPublisher eventPublisher(
      KafkaTemplate<String, byte[]> kafka,
      EventRecords records,
      EventOutbox outbox,
      Clock clock,
      KafkaHealth health) {
    return new EventPublisher(kafka, records, outbox, clock, health);
  }
}
