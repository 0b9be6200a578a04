package dev.darkroom.gateway.provider;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the provider.
 *
 * @param name of the provider that the workers call; the gateway cannot find out by itself
 */
@Validated
@ConfigurationProperties("darkroom.provider")
record ProviderSettings(@DefaultValue("nebius") ProviderName name) {}
