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
 * Settings for live steps.
 *
 * @param listeners streams that a gateway serves at once; clients of those beyond hear 503
 * @param perClient streams at once for one client address, whose further ones hear 429; 0 for no
 *     such limit
 * @param queue steps that may wait for one listener; one that is further behind is dropped
 * @param poll how often the ledger is asked for further steps while somebody listens, and no event
 *     says that there are some
 * @param pause shortest time between two such questions
 * @param patience how long a transaction that does not end may hold up the steps after its own
 * @param heartbeat how often a stream without steps shows that it is alive
 */
@Validated
@ConfigurationProperties("darkroom.live")
record LiveSettings(
    @DefaultValue("10000") @Min(0) @Max(1_000_000) int listeners,
    @DefaultValue("64") @Min(0) @Max(1_000_000) int perClient,
    @DefaultValue("256") @Min(1) @Max(100_000) int queue,
    @DefaultValue("250ms") @DurationMin(millis = 10) @DurationMax(minutes = 1) Duration poll,
    @DefaultValue("10ms") @DurationMin(millis = 0) @DurationMax(seconds = 10) Duration pause,
    @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(minutes = 10) Duration patience,
    @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(minutes = 5) Duration heartbeat) {}
