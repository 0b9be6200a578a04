package dev.darkroom.gateway.submit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of accepting jobs.
 *
 * @param batch jobs per commit, at most
 * @param writers concurrent commits; each holds a database connection
 * @param queue jobs that may wait for a writer; requests beyond it get 503
 * @param patience how long a job may wait until it is durable; after that its client gets 503
 */
@Validated
@ConfigurationProperties("darkroom.accept")
record AcceptSettings(
    @DefaultValue("64") @Min(1) @Max(1_000) int batch,
    @DefaultValue("2") @Min(1) @Max(16) int writers,
    @DefaultValue("256") @Min(1) @Max(100_000) int queue,
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 1) Duration patience) {}
