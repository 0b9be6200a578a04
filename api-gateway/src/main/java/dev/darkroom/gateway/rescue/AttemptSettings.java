package dev.darkroom.gateway.rescue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How often a job is tried.
 *
 * @param maxAttempts attempts that may count before the job fails
 */
@Validated
@ConfigurationProperties("darkroom.job")
record AttemptSettings(@DefaultValue("5") @Min(1) @Max(100) int maxAttempts) {}
