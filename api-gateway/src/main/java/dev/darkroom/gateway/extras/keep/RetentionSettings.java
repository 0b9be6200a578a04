package dev.darkroom.gateway.extras.keep;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * For how long things are kept.
 *
 * @param jobs how long a job is kept after its end, with its steps and its picture; 0 means forever
 */
@Validated
@ConfigurationProperties("darkroom.keep")
record RetentionSettings(
    @DefaultValue("0") @DurationMin(nanos = 0) @DurationMax(days = 36_500) Duration jobs) {

  /** A copy of the record on Kafka would bring a younger job back, and buy its picture again. */
  private static final Duration SHORTEST = Duration.ofHours(25);

  @AssertTrue(message = "darkroom.keep.jobs must be 0 (forever) or at least 25h")
  boolean isJobsLongEnough() {
    return jobs.isZero() || jobs.compareTo(SHORTEST) >= 0;
  }
}
