package dev.darkroom.ledger.jobs;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What follows a call that may or may not have been carried out. Gateways and workers must agree on
 * it.
 *
 * @param onUnknownOutcome {@code retry}, at the price of a second bill now and then, or {@code
 *     fail}
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record UnknownOutcomeSettings(@DefaultValue("retry") UnknownOutcomePolicy onUnknownOutcome) {}
