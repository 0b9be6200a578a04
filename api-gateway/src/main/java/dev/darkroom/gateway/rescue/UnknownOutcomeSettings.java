package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.UnknownOutcomePolicy;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What a job is to do whose worker fell silent during a call.
 *
 * @param onUnknownOutcome {@code retry}, at the price of a second bill now and then, or {@code
 *     fail}
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record UnknownOutcomeSettings(@DefaultValue("retry") UnknownOutcomePolicy onUnknownOutcome) {}
