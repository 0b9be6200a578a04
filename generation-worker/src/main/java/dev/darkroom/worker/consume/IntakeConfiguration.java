package dev.darkroom.worker.consume;

import dev.darkroom.messaging.JobRecords;
import dev.darkroom.messaging.KafkaTroubles;
import dev.darkroom.messaging.KeepTopics;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.run.JobSlots;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
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
      JobSlots slots,
      CallPermits permits,
      IntakeSettings settings,
      KafkaTroubles troubles,
      MeterRegistry meters) {
    // The way to the broker and nothing else: a share consumer refuses the settings of an ordinary
    // one, some of which Spring Boot always adds.
    var connection = kafka.buildAdminProperties();
    // Where every job needs a permit, a record beyond the first would wait here for the next one.
    var batch = settings.batchFor(permits.limited() ? 1 : slots.total());
    return new TakeJobs(
        () ->
            new ReopeningSource(
                () -> open(connection, settings.mode(), batch, records), settings.mode(), troubles),
        topics::present,
        slots,
        settings,
        meters);
  }

  private static JobSource open(
      Map<String, Object> connection, IntakeMode mode, int batch, JobRecords records) {
    return switch (mode) {
      case SHARE -> new ShareGroupSource(connection, JobSubscription.SHARE, batch, records);
      case CLASSIC -> new ConsumerGroupSource(connection, JobSubscription.CLASSIC, batch, records);
    };
  }

  @Bean
  HealthIndicator membership(TakeJobs intake) {
    return new MembershipHealth(intake);
  }

  @Bean
  HealthIndicator intake(TakeJobs intake, IntakeSettings settings, KafkaTroubles troubles) {
    return new IntakeHealth(intake, settings.mode(), troubles);
  }
}
