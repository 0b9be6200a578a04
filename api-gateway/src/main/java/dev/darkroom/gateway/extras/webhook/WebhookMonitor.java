package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.ledger.webhooks.DeliveryQueries;
import dev.darkroom.ledger.webhooks.DeliveryQueries.WebhookCounts;
import dev.darkroom.ledger.webhooks.EndpointStore;
import dev.darkroom.ledger.webhooks.WebhookSecretStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Counts what waits, and deletes what was kept for long enough. While the ledger does not answer
 * the gauges are NaN, as an old number would look like a fact.
 */
@Component
final class WebhookMonitor {
  private static final int SLICE = 1_000;

  private final DeliveryQueries deliveries;
  private final EndpointStore endpoints;
  private final WebhookSecretStore secrets;
  private final Duration keep;
  private volatile @Nullable WebhookCounts latest;

  WebhookMonitor(
      DeliveryQueries deliveries,
      EndpointStore endpoints,
      WebhookSecretStore secrets,
      WebhookSettings settings,
      MeterRegistry meters) {
    this.deliveries = deliveries;
    this.endpoints = endpoints;
    this.secrets = secrets;
    this.keep = settings.keep();
    gauge(
        meters,
        "darkroom.webhook.waiting",
        "Webhook deliveries that wait for their next try, or are under way",
        WebhookCounts::waiting);
    gauge(
        meters,
        "darkroom.webhook.oldest.due.seconds",
        "How long the webhook delivery that has been due for longest has waited for its try",
        WebhookCounts::oldestDueSeconds);
    gauge(
        meters,
        "darkroom.webhook.endpoints.disabled",
        "Webhook endpoints to which nothing is sent",
        WebhookCounts::disabled);
  }

  private void gauge(
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<WebhookCounts> count) {
    Gauge.builder(
            name,
            this,
            counted -> {
              var known = counted.latest;
              return known == null ? Double.NaN : count.applyAsDouble(known);
            })
        .description(description)
        .register(meters);
  }

  /** True if there may be more to delete at once. Several gateways may do this at a time. */
  boolean round() {
    try {
      latest = deliveries.count();
      var forgotten =
          Math.max(
              deliveries.forgetOld(keep, SLICE),
              Math.max(endpoints.forgetUnused(keep, SLICE), secrets.forgetExpired(SLICE)));
      return forgotten == SLICE;
    } catch (RuntimeException e) {
      latest = null;
      throw e;
    }
  }
}
