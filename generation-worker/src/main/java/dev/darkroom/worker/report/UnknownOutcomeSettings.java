package dev.darkroom.worker.report;

import dev.darkroom.ledger.UnknownOutcomePolicy;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What follows a call that may or may not have been carried out; the gateway, which rescues jobs,
 * reads the same setting.
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record UnknownOutcomeSettings(@DefaultValue("retry") UnknownOutcomePolicy onUnknownOutcome) {}
