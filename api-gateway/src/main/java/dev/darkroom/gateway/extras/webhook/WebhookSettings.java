package dev.darkroom.gateway.extras.webhook;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of webhooks.
 *
 * @param allowPrivate whether http and private hosts are allowed, for development
 * @param sweep how often to look for new events and deliveries that are due
 * @param timeout of a delivery, from the lookup of the name to the reply
 * @param retryFor how long a delivery is tried; an endpoint where nothing succeeds for so long is
 *     disabled
 * @param perServer deliveries under way to one server for one owner, from all gateways
 * @param inFlight deliveries under way from this gateway; servers that fail or are slow get half
 * @param keep how long deliveries are kept
 */
@Validated
@ConfigurationProperties("darkroom.webhook")
record WebhookSettings(
    @DefaultValue("false") boolean allowPrivate,
    @DefaultValue("500ms") @DurationMin(millis = 50) @DurationMax(minutes = 1) Duration sweep,
    @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(minutes = 1) Duration timeout,
    @DefaultValue("24h") @DurationMin(seconds = 1) @DurationMax(days = 7) Duration retryFor,
    @DefaultValue("4") @Min(1) @Max(100) int perServer,
    @DefaultValue("32") @Min(1) @Max(1_000) int inFlight,
    @DefaultValue("30d") @DurationMin(days = 8) @DurationMax(days = 36_500) Duration keep) {

  /**
   * After it another gateway takes a delivery for abandoned; a slow lookup of a name is not cut.
   */
  Duration reservation() {
    return timeout.plusSeconds(60);
  }
}
