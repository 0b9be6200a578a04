package dev.darkroom.system.clients;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An event as it arrived at a consumer that reads everything.
 *
 * @param id that of the CloudEvent
 * @param data the job's end as the event tells it
 * @param ledger whether the ledger had the job's end when the event came
 * @param picture whether a gateway gave out the picture when the event came
 */
public record ReceivedEvent(
    Instant receivedAt,
    UUID requestId,
    String id,
    String type,
    Instant time,
    Map<String, Object> data,
    EventSighting ledger,
    EventSighting picture) {

  /** What the consumer saw when it looked. */
  public enum EventSighting {
    THERE,
    /** It looked, and what the event speaks of was not there, or was something else. */
    MISSING,
    /** Whoever it asked did not answer, or there was nothing to ask for. */
    NOT_SEEN
  }

  public boolean isEnd() {
    return type.endsWith(".completed") || type.endsWith(".failed");
  }
}
