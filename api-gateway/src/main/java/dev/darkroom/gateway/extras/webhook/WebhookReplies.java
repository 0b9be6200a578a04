package dev.darkroom.gateway.extras.webhook;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.darkroom.gateway.extras.webhook.send.TryResult;
import dev.darkroom.ledger.webhooks.EndpointStore.WebhookEndpoint;
import dev.darkroom.ledger.webhooks.WebhookDelivery;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Replies about webhooks; openapi.yaml describes them. */
final class WebhookReplies {
  private static final String MILLISECONDS = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

  private WebhookReplies() {}

  record DeliveryList(List<DeliveryView> deliveries) {
    static DeliveryList of(List<WebhookDelivery> deliveries) {
      return new DeliveryList(deliveries.stream().map(DeliveryView::of).toList());
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record DeliveryView(
      UUID id,
      String event,
      String url,
      String state,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant occurredAt,
      int tries,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant lastTryAt,
      @Nullable Integer status,
      @Nullable String reply,
      @Nullable String error,
      @JsonRawValue String log,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant deliveredAt,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant nextTryAt,
      @JsonRawValue String payload) {
    static DeliveryView of(WebhookDelivery delivery) {
      return new DeliveryView(
          delivery.deliveryId(),
          delivery.event().word(),
          delivery.url(),
          delivery.state().word(),
          delivery.occurredAt(),
          delivery.tries(),
          delivery.lastTryAt(),
          delivery.status(),
          delivery.reply(),
          delivery.error(),
          delivery.log(),
          delivery.deliveredAt(),
          delivery.nextTryAt(),
          delivery.body());
    }
  }

  record EndpointList(List<EndpointView> endpoints) {
    static EndpointList of(List<WebhookEndpoint> endpoints) {
      return new EndpointList(endpoints.stream().map(EndpointView::of).toList());
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record EndpointView(
      String url,
      String state,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant failingSince,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant waitUntil,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant disabledAt,
      @Nullable String reason,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") Instant usedAt) {
    static EndpointView of(WebhookEndpoint endpoint) {
      return new EndpointView(
          endpoint.address(),
          state(endpoint),
          endpoint.failingSince(),
          endpoint.waitUntil(),
          endpoint.disabledAt(),
          endpoint.disabledReason(),
          endpoint.usedAt());
    }

    private static String state(WebhookEndpoint endpoint) {
      if (endpoint.disabledAt() != null) {
        return "disabled";
      }
      return endpoint.failingSince() == null ? "working" : "failing";
    }
  }

  /**
   * @param earlierSignUntil how long deliveries are signed with the secret before, too; only after
   *     a rotation
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record SecretView(
      String userId,
      String secret,
      @JsonFormat(pattern = MILLISECONDS, timezone = "UTC") @Nullable Instant earlierSignUntil) {}

  /**
   * @param more whether the same request would find more
   */
  record RedeliveryCount(int deliveries, boolean more) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TestReply(
      boolean delivered,
      String outcome,
      @Nullable Integer status,
      @Nullable String reply,
      @Nullable String error,
      long millis) {
    static TestReply of(TryResult result) {
      return new TestReply(
          result.succeeded(),
          result.outcome().word(),
          result.status(),
          result.reply(),
          result.error(),
          result.took().toMillis());
    }
  }
}
