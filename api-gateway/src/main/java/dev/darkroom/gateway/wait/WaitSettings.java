package dev.darkroom.gateway.wait;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of waiting requests.
 *
 * @param poll how often the ledger is asked about jobs that clients wait for, in case an event is
 *     late or lost
 * @param waits most requests that wait at once; further ones are refused
 * @param perClient most of them from one client address; 0 for no such limit
 * @param longestWait how long a reply is held at most, whatever a client prefers; less than a load
 *     balancer or proxy in front of the gateway waits for it
 */
@Validated
@ConfigurationProperties("darkroom.progress")
record WaitSettings(
    @DefaultValue("1s") @DurationMin(millis = 50) @DurationMax(minutes = 1) Duration poll,
    @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(seconds = 60) Duration longestWait,
    @DefaultValue("5000") @Min(0) @Max(1_000_000) int waits,
    @DefaultValue("64") @Min(0) @Max(1_000_000) int perClient) {}
