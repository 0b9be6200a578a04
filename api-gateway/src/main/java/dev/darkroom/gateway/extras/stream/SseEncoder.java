package dev.darkroom.gateway.extras.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.ledger.log.LogEntry;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">server-sent
 * events</a>. A step's id is its number, its data the row as in {@code GET /api/logs}.
 */
@Component
final class SseEncoder {
  /** Why a client has to drop what it got. */
  enum ResetReason {
    /** The ledger was restored, begun afresh, or lost its last steps in a failover. */
    LEDGER_WENT_BACK,
    /** The client's last event is not in this ledger. */
    UNKNOWN_EVENT;

    /** As in the event's data and in the metric. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final ObjectWriter json;
  private final RandomGenerator random;

  SseEncoder(JsonMapper json, RandomGenerator random) {
    // a line break would end the data
    this.json = json.writer().without(SerializationFeature.INDENT_OUTPUT);
    this.random = random;
  }

  /**
   * The first bytes of a stream. All of a gateway's clients must not reconnect at the same time.
   */
  byte[] preamble() {
    return "retry: %d\n: steps follow\n\n".formatted(random.nextLong(1_000, 5_001)).getBytes(UTF_8);
  }

  byte[] heartbeat() {
    return ": still here\n\n".getBytes(UTF_8);
  }

  /**
   * Tells a client to drop what it got.
   *
   * @param after the steps that follow have higher numbers
   */
  byte[] reset(long after, ResetReason reason) {
    return "id: %d\nevent: reset\ndata: {\"reason\":\"%s\"}\n\n"
        .formatted(after, reason.word())
        .getBytes(UTF_8);
  }

  byte[] step(LogEntry step) {
    return "id: %d\ndata: %s\n\n"
        .formatted(step.seq(), json.writeValueAsString(step))
        .getBytes(UTF_8);
  }
}
