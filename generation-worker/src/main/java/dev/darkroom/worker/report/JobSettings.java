package dev.darkroom.worker.report;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long a job is tried; the gateway, which rescues jobs, reads the same setting.
 *
 * @param maxAttempts attempts that count before a job fails; an outage doesn't count
 */
@Validated
@ConfigurationProperties("darkroom.job")
record JobSettings(@DefaultValue("5") @Min(1) @Max(100) int maxAttempts) {}
