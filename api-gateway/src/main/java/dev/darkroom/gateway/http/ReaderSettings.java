package dev.darkroom.gateway.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of requests that read much: log pages, searches, statistics and exports.
 *
 * @param pages concurrent requests other than exports
 * @param exports concurrent exports
 * @param perClient of each kind per client address; 0 for no limit
 * @param patience how long a request waits for a free place
 * @param budget longest time for the queries of a page
 * @param exportBudget longest time for an export
 */
@Validated
@ConfigurationProperties("darkroom.readers")
record ReaderSettings(
    @DefaultValue("16") @Min(1) @Max(1_000) int pages,
    @DefaultValue("8") @Min(1) @Max(1_000) int exports,
    @DefaultValue("8") @Min(0) @Max(1_000) int perClient,
    @DefaultValue("2s") @DurationMin(millis = 0) @DurationMax(seconds = 30) Duration patience,
    @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 1) Duration budget,
    @DefaultValue("15m") @DurationMin(seconds = 1) @DurationMax(hours = 24)
        Duration exportBudget) {}
