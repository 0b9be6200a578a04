package dev.darkroom.ledger.readers;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the connections for readers, which are opened when they are needed and come on top of
 * {@code spring.datasource.hikari.maximum-pool-size}.
 *
 * @param lookups most connections for queries about one job
 * @param searches most connections for pages of the log, searches, exports and statistics
 * @param patience how long a reader waits for one of them
 * @param statementTimeout longest time of a reader's statement, in whole seconds
 */
@Validated
@ConfigurationProperties("darkroom.ledger.readers")
record ReadPoolSettings(
    @DefaultValue("3") @Min(1) @Max(100) int lookups,
    @DefaultValue("3") @Min(1) @Max(100) int searches,
    @DefaultValue("2s") @DurationMin(millis = 250) @DurationMax(seconds = 30) Duration patience,
    @DefaultValue("2s") @DurationMin(seconds = 1) @DurationMax(seconds = 5)
        Duration statementTimeout) {}
