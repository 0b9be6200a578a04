package dev.darkroom.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MessagingSettingsTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner().withUserConfiguration(EnableMessagingSettings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context ->
        assertThat(context.getBean(MessagingSettings.class))
            .isEqualTo(
                new MessagingSettings(
                    (short) -1, 1, 3, Duration.ofDays(7), Duration.ofSeconds(10))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replication-factor=0",
        "replication-factor=-2",
        "replication-factor=11",
        "job-partitions=0",
        "job-partitions=1001",
        "event-partitions=0",
        "event-partitions=1001",
        "event-retention=59s",
        "check-topics-every=99ms",
      })
  void a_bad_value_stops_the_start(String property) {
    application
        .withPropertyValues("darkroom.kafka." + property)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.kafka")
                .hasStackTraceContaining(property.substring(0, 5)));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(MessagingSettings.class)
  static class EnableMessagingSettings {}
}
