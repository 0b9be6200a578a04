package dev.darkroom.ledger;

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
class LedgerSettingsTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context ->
        assertThat(context.getBean(LedgerSettings.class))
            .isEqualTo(
                new LedgerSettings(
                    Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofHours(1))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "publish-reservation=99ms",
        "publish-reservation=601s",
        "republish-after=999ms",
        "republish-after=61m",
        "republish-after=soon",
        "recount-after=999ms",
        "recount-after=31d",
      })
  void a_bad_value_stops_the_start(String property) {
    application
        .withPropertyValues("darkroom.ledger." + property)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.ledger")
                .hasStackTraceContaining(property.substring(0, 7)));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(LedgerSettings.class)
  static class Settings {}
}
