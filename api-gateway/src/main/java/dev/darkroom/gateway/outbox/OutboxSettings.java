package dev.darkroom.gateway.outbox;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the outbox.
 *
 * @param sweep how often to look for due jobs and completion events that are not on Kafka
 * @param batch jobs that one look takes at most; full batches follow each other without a pause
 * @param lookForLost how often to look for jobs whose record Kafka has lost
 */
@Validated
@ConfigurationProperties("darkroom.outbox")
record OutboxSettings(
    @DefaultValue("1s") @DurationMin(millis = 50) @DurationMax(minutes = 10) Duration sweep,
    @DefaultValue("500") @Min(1) @Max(10_000) int batch,
    @DefaultValue("5s") @DurationMin(millis = 50) @DurationMax(hours = 1) Duration lookForLost) {}
