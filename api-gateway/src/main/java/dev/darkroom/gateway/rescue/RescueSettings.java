package dev.darkroom.gateway.rescue;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the rescue.
 *
 * @param sweep how often to look for jobs whose lease has lapsed or whose deadline has passed
 * @param grace how long the ledger must have answered without a break until a lapsed lease means
 *     that its worker is gone: workers could not renew theirs while it was away. A third of {@code
 *     darkroom.worker.lease} lets each do so once
 */
@Validated
@ConfigurationProperties("darkroom.rescue")
record RescueSettings(
    @DefaultValue("1s") @DurationMin(millis = 50) @DurationMax(minutes = 10) Duration sweep,
    @DefaultValue("10s") @DurationMin(millis = 0) @DurationMax(minutes = 10) Duration grace) {}
