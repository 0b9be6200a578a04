package dev.darkroom.worker.outcome;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When a job whose attempt gave no picture is due again: after a random time up to {@code base ·
 * factor^(attempt-1)}, at most {@code cap} (full jitter).
 */
@Validated
@ConfigurationProperties("darkroom.backoff")
record BackoffSettings(
    @DefaultValue("1s") @DurationMin(millis = 1) @DurationMax(minutes = 10) Duration base,
    @DefaultValue("2") @DecimalMin("1") @DecimalMax("10") double factor,
    @DefaultValue("1m") @DurationMin(millis = 1) @DurationMax(hours = 6) Duration cap) {

  @AssertTrue(message = "darkroom.backoff.cap must not be shorter than darkroom.backoff.base") boolean isCapAboveBase() {
    return cap.compareTo(base) >= 0;
  }
}
