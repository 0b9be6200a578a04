package dev.darkroom.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.LedgerSettings.AttemptSettings;
import dev.darkroom.ledger.LedgerSettings.IdempotencySettings;
import dev.darkroom.ledger.LedgerSettings.UnknownOutcomeSettings;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
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
      new ApplicationContextRunner().withUserConfiguration(AllLedgerSettings.class);

  @Test
  void what_is_not_set_has_its_default() {
    application.run(context -> {
      assertThat(context.getBean(LedgerSettings.class))
          .isEqualTo(new LedgerSettings(Duration.ofSeconds(5), Duration.ofMinutes(1)));
      assertThat(context.getBean(IdempotencySettings.class))
          .isEqualTo(new IdempotencySettings(Duration.ofHours(24)));
      assertThat(context.getBean(AttemptSettings.class)).isEqualTo(new AttemptSettings(5));
      assertThat(context.getBean(UnknownOutcomeSettings.class))
          .isEqualTo(new UnknownOutcomeSettings(UnknownOutcomePolicy.RETRY));
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger.publish-reservation=99ms",
        "ledger.publish-reservation=601s",
        "ledger.republish-after=999ms",
        "ledger.republish-after=61m",
        "ledger.republish-after=soon",
        "idempotency.keep=59s",
        "idempotency.keep=31d",
        "job.max-attempts=0",
        "job.max-attempts=101",
        "nebius.on-unknown-outcome=perhaps",
      })
  void a_bad_value_stops_the_start(String property) {
    application
        .withPropertyValues("darkroom." + property)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(property.substring(0, property.indexOf('.')))
                .hasStackTraceContaining(
                    property.substring(property.indexOf('.') + 1).substring(0, 2)));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({
    LedgerSettings.class,
    IdempotencySettings.class,
    AttemptSettings.class,
    UnknownOutcomeSettings.class
  })
  static class AllLedgerSettings {}
}
