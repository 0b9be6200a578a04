package dev.darkroom.ledger;

import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the ledger. Gateways and workers must agree on all of them.
 *
 * @param publishReservation how long the process that accepted, ended or swept up a job has to
 *     publish its record before another sweep publishes it too
 * @param republishAfter how long a job's record may be on Kafka unclaimed until it is published
 *     again, as it may be lost; then after twice as long, and so on
 */
@Validated
@ConfigurationProperties("darkroom.ledger")
record LedgerSettings(
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration publishReservation,
    @DefaultValue("1m") @DurationMin(seconds = 1) @DurationMax(hours = 1) Duration republishAfter) {

  /**
   * @param keep how long a key stands for the job it was first sent with; after that it may be used
   *     again
   */
  @Validated
  @ConfigurationProperties("darkroom.idempotency")
  record IdempotencySettings(
      @DefaultValue("24h") @DurationMin(minutes = 1) @DurationMax(days = 30) Duration keep) {}

  /**
   * @param maxAttempts attempts that count before a job fails; an outage doesn't count
   */
  @Validated
  @ConfigurationProperties("darkroom.job")
  record AttemptSettings(@DefaultValue("5") @Min(1) @Max(100) int maxAttempts) {}

  /**
   * @param onUnknownOutcome what follows a call that may or may not have been carried out: {@code
   *     retry}, at the price of a second bill now and then, or {@code fail}
   */
  @Validated
  @ConfigurationProperties("darkroom.nebius")
  record UnknownOutcomeSettings(@DefaultValue("retry") UnknownOutcomePolicy onUnknownOutcome) {}
}
