package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RateLimitSettingsTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void there_is_no_limit_unless_one_is_set() {
    application.run(
        context -> assertThat(context.getBean(RateLimitSettings.class).isLimited()).isFalse());
    application
        .withPropertyValues("darkroom.nebius.requests-per-minute=60")
        .run(context -> assertThat(context.getBean(RateLimitSettings.class).isLimited()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1000001", "many"})
  void a_bad_value_stops_the_start(String value) {
    application
        .withPropertyValues("darkroom.nebius.requests-per-minute=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.nebius")
                .rootCause()
                .hasMessageContaining(value));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(RateLimitSettings.class)
  static class Settings {}
}
