package dev.darkroom.gateway.dispatch;

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
 * @param batch jobs per look, at most; full batches follow each other without a pause
 * @param window jobs that may be on Kafka without a worker having claimed them, at least; it grows
 *     to twice what workers claim between two looks. While others wait for their turn, an eighth of
 *     it may go beyond the free slots of workers
 * @param refill how often to look which jobs may follow those that were claimed, in the order of
 *     their turns; a tenth as often while nobody waits for a turn and half of the window is free
 * @param lookForLost how often to look whether a topic was created anew
 */
@Validated
@ConfigurationProperties("darkroom.outbox")
record OutboxSettings(
    @DefaultValue("1s") @DurationMin(millis = 50) @DurationMax(minutes = 10) Duration sweep,
    @DefaultValue("500") @Min(1) @Max(1_000) int batch,
    @DefaultValue("32") @Min(1) @Max(10_000) int window,
    @DefaultValue("25ms") @DurationMin(millis = 5) @DurationMax(seconds = 10) Duration refill,
    @DefaultValue("5s") @DurationMin(millis = 50) @DurationMax(hours = 1) Duration lookForLost) {}
