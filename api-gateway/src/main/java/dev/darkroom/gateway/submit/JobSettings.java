package dev.darkroom.gateway.submit;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of new jobs.
 *
 * @param deadline default time from acceptance to the end of a job
 */
@Validated
@ConfigurationProperties("darkroom.job")
record JobSettings(
    @DefaultValue("15m") @DurationMin(seconds = MIN_DEADLINE) @DurationMax(seconds = MAX_DEADLINE)
        Duration deadline) {
  /** In seconds; the limits for clients, too. */
  static final int MIN_DEADLINE = 10;

  static final int MAX_DEADLINE = 86_400;
}
