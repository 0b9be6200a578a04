package dev.darkroom.ledger.readers;

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
class ReadPoolSettingsTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner().withUserConfiguration(AllReadPoolSettings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context ->
        assertThat(context.getBean(ReadPoolSettings.class))
            .isEqualTo(new ReadPoolSettings(3, 3, Duration.ofSeconds(2), Duration.ofSeconds(2))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lookups=0", "searches=101", "patience=249ms", "statement-timeout=6s"})
  void a_bad_value_stops_the_start(String property) {
    application
        .withPropertyValues("darkroom.ledger.readers." + property)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.ledger.readers")
                .hasStackTraceContaining(property.substring(0, 5)));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(ReadPoolSettings.class)
  static class AllReadPoolSettings {}
}
