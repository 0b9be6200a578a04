package dev.darkroom.ledger.jobs;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How often a job is tried. Gateways and workers must agree on it.
 *
 * @param maxAttempts attempts that count before a job fails; an outage doesn't count
 */
@Validated
@ConfigurationProperties("darkroom.job")
record AttemptSettings(@DefaultValue("5") @Min(1) @Max(100) int maxAttempts) {}
