package dev.darkroom.worker.intake;

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
class IntakeSettingsTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context ->
        assertThat(context.getBean(IntakeSettings.class))
            .isEqualTo(
                new IntakeSettings(
                    IntakeMode.SHARE, 8, Duration.ofSeconds(30), Duration.ofSeconds(15))));
  }

  @Test
  void the_mode_can_be_chosen() {
    application
        .withPropertyValues("darkroom.intake.mode=classic")
        .run(context ->
            assertThat(context.getBean(IntakeSettings.class).mode()).isEqualTo(IntakeMode.CLASSIC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=partitioned", "batch=0", "batch=501", "poll=99ms", "hold=26s"})
  void a_bad_value_stops_the_start(String property) {
    application
        .withPropertyValues("darkroom.intake." + property)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.intake")
                .hasStackTraceContaining(property.substring(0, 4)));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(IntakeSettings.class)
  static class Settings {}
}
