package dev.darkroom.gateway.provider;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings that say who draws.
 *
 * @param name of the provider that the workers call; the gateway never calls it, and has to be told
 */
@Validated
@ConfigurationProperties("darkroom.provider")
record ProviderSettings(@DefaultValue("nebius") ProviderName name) {}
