package dev.darkroom.gateway.extras.log;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of searches in the log.
 *
 * @param indexPrompts how often to look for prompts that are not in the index yet
 * @param indexBatch prompts that one statement adds to it; full batches follow each other after a
 *     rest of three times as long as they took
 */
@Validated
@ConfigurationProperties("darkroom.logs")
record LogsSettings(
    @DefaultValue("1s") @DurationMin(millis = 50) @DurationMax(hours = 1) Duration indexPrompts,
    @DefaultValue("500") @Min(1) @Max(2_000) int indexBatch) {}
