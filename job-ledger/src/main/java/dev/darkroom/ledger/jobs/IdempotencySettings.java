package dev.darkroom.ledger.jobs;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of idempotency keys.
 *
 * @param keep how long a key stands for the job it was first sent with; after that it may be used
 *     anew
 */
@Validated
@ConfigurationProperties("darkroom.idempotency")
record IdempotencySettings(
    @DefaultValue("24h") @DurationMin(minutes = 1) @DurationMax(days = 30) Duration keep) {}
