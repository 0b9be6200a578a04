package dev.darkroom.worker.consume;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.TopicInitializer;
import dev.darkroom.worker.nebius.Providers;
import dev.darkroom.worker.run.ExecutorCapacity;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IntakeSettings.class)
class IntakeConfiguration {
  private static final Duration RETRY_AFTER = Duration.ofMillis(250);

  @Bean
  JobConsumer jobConsumer(
      KafkaProperties properties,
      JobRecords records,
      TopicInitializer topics,
      ExecutorCapacity capacity,
      Providers providers,
      IntakeSettings settings,
      KafkaHealth kafka,
      MeterRegistry meters) {
    // The connection to the broker and nothing else: a share consumer refuses the settings of an
    // ordinary one, some of which Spring Boot always adds.
    var connection = properties.buildAdminProperties();
    // Where every job needs a permit, a record beyond the first would wait here for the next one.
    var limited = providers.all().stream().anyMatch(provider -> provider.permits().limited());
    var batch = settings.batchFor(limited ? 1 : capacity.total());
    return new JobConsumer(
        () -> open(connection, settings.mode(), batch, records),
        topics::present,
        capacity,
        settings,
        kafka,
        meters);
  }

  private static JobSource open(
      Map<String, Object> connection, IntakeMode mode, int batch, JobRecords records) {
    return switch (mode) {
      case SHARE -> new ShareGroupSource(connection, mode.subscription(), batch, records);
      case CLASSIC -> new ConsumerGroupSource(connection, mode.subscription(), batch, records);
    };
  }

  @Bean
  BackgroundLoop consumeJobs(JobConsumer consumer) {
    return new BackgroundLoop(
        "intake", Duration.ZERO, RETRY_AFTER, SmartLifecycle.DEFAULT_PHASE, consumer);
  }

  @Bean
  HealthIndicator membership(JobConsumer consumer) {
    return () -> IntakeHealth.membership(consumer);
  }

  @Bean
  HealthIndicator intake(JobConsumer consumer, IntakeSettings settings, KafkaHealth kafka) {
    return new IntakeHealth(consumer, settings.mode(), kafka);
  }
}
