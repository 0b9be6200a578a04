package dev.darkroom.ledger.webhooks;

import dev.darkroom.model.JobStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one event.
 *
 * @param deliveryId also the {@code webhook-id} of every try
 * @param body what is sent
 * @param tries begun
 * @param lastTryAt when the latest try began
 * @param status that came back from it; null where none did, and while it is under way
 * @param reply the beginning of what came back
 * @param error why it did not succeed
 * @param log the latest tries, the oldest first, as JSON: number, at, and once they are over
 *     status, error and millis
 * @param nextTryAt null unless it waits for that
 */
public record WebhookDelivery(
    UUID deliveryId,
    JobStatus event,
    String url,
    String body,
    Instant occurredAt,
    DeliveryState state,
    int tries,
    @Nullable Instant lastTryAt,
    @Nullable Integer status,
    @Nullable String reply,
    @Nullable String error,
    String log,
    @Nullable Instant deliveredAt,
    @Nullable Instant nextTryAt) {

  /** How far a delivery has come. */
  public enum DeliveryState {
    /** Will be sent, or is being sent. */
    WAITING,
    DELIVERED,
    /** Given up. */
    FAILED,
    /** Its endpoint was disabled. */
    SKIPPED;

    /** As in the database and in replies. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
