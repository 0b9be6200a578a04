package dev.darkroom.worker.consume;

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
      new ApplicationContextRunner().withUserConfiguration(EnableIntakeSettings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context ->
        assertThat(context.getBean(IntakeSettings.class))
            .isEqualTo(
                new IntakeSettings(
                    IntakeMode.SHARE, 0, Duration.ofSeconds(30), Duration.ofSeconds(15))));
  }

  @Test
  void the_mode_can_be_chosen() {
    application
        .withPropertyValues("darkroom.intake.mode=classic")
        .run(context ->
            assertThat(context.getBean(IntakeSettings.class).mode()).isEqualTo(IntakeMode.CLASSIC));
  }

  @Test
  void a_worker_asks_for_an_eighth_of_its_slots_unless_it_is_told_how_many() {
    application.run(context -> {
      var settings = context.getBean(IntakeSettings.class);
      assertThat(settings.batchFor(1)).isEqualTo(1);
      assertThat(settings.batchFor(16)).isEqualTo(2);
      assertThat(settings.batchFor(200)).isEqualTo(25);
      assertThat(settings.batchFor(10_000)).isEqualTo(500);
    });
    application
        .withPropertyValues("darkroom.intake.batch=8")
        .run(
            context -> assertThat(context.getBean(IntakeSettings.class).batchFor(16)).isEqualTo(8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=partitioned", "batch=-1", "batch=501", "poll=99ms", "hold=26s"})
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
  static class EnableIntakeSettings {}
}
