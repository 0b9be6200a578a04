package dev.darkroom.messaging;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.messaging.MessagingSettings.EventSettings;
import dev.darkroom.messaging.MessagingSettings.PublicUrlSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.core.KafkaAdmin;

/** Topics, records and the publishing of events as beans, for applications that import it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  MessagingSettings.class,
  EventSettings.class,
  PublicUrlSettings.class
})
@Import({JobRecords.class, EventRecords.class, EventPublisher.class})
public class MessagingConfiguration {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final int BEFORE_SENDING_AND_POLLING = SmartLifecycle.DEFAULT_PHASE - 1000;

  @Bean
  PublicUrl publicUrl(PublicUrlSettings settings) {
    return new PublicUrl(settings.publicUrl());
  }

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
}
