package dev.darkroom.gateway.extras.openai;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of requests by OpenAI's API.
 *
 * @param longestWait how long a reply is held for its pictures; OpenAI's client libraries wait this
 *     long by default
 * @param waits most requests that wait at once; further ones are refused
 * @param perClient most of them from one owner or client address; 0 for no such limit
 */
@Validated
@ConfigurationProperties("darkroom.openai")
record OpenAiSettings(
    @DefaultValue("10m") @DurationMin(seconds = 1) @DurationMax(hours = 1) Duration longestWait,
    @DefaultValue("5000") @Min(0) @Max(1_000_000) int waits,
    @DefaultValue("1000") @Min(0) @Max(1_000_000) int perClient) {}
