package dev.darkroom.gateway.extras.stats;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the statistics.
 *
 * @param sweep how often to count minutes in which nothing can change any more, and to delete old
 *     ones
 * @param keep how long counted minutes are kept, the same in all gateways
 */
@Validated
@ConfigurationProperties("darkroom.stats")
record StatsSettings(
    @DefaultValue("10s") @DurationMin(millis = 50) @DurationMax(hours = 1) Duration sweep,
    @DefaultValue("30d") @DurationMin(days = 2) @DurationMax(days = 36_500) Duration keep) {}
