package dev.darkroom.gateway.extras.stream;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the streams.
 *
 * @param listeners most streams of a gateway; further clients get 503
 * @param perClient most streams of one client address, whose further requests get 429; 0 for no
 *     such limit
 * @param queue most steps that wait for one client; a client that is further behind is dropped
 * @param poll how often the ledger is read while there are streams and no event arrives
 * @param heartbeat how often a stream without steps sends a comment
 */
@Validated
@ConfigurationProperties("darkroom.live")
record StreamSettings(
    @DefaultValue("10000") @Min(0) @Max(1_000_000) int listeners,
    @DefaultValue("64") @Min(0) @Max(1_000_000) int perClient,
    @DefaultValue("256") @Min(1) @Max(100_000) int queue,
    @DefaultValue("250ms") @DurationMin(millis = 10) @DurationMax(minutes = 1) Duration poll,
    @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(minutes = 5) Duration heartbeat) {}
