package dev.darkroom.gateway.generate;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which model draws.
 *
 * @param model said of jobs that were not called for yet; afterwards the log knows which one it was
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record ModelSettings(@DefaultValue("stability-ai/sdxl") @NotBlank String model) {}
