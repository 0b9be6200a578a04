package dev.darkroom.simulator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A valid request the simulator took on. It stands on the bill from that moment, before the
 * latency, so that a test can wait for a call to be under way.
 *
 * @param number counts up from 1, also past a {@link Bill#clear()}
 * @param requestId as sent in {@code x-request-id}
 * @param seed the one drawn with: that of the request, or a random one where it asked for −1
 * @param traceparent the header of that name (W3C Trace Context)
 * @param fault what it met; null for a good answer
 * @param status what the client got to see, or null where it got no reply
 * @param billed whether the picture was drawn, and so paid for
 */
public record SimulatedCall(
    long number,
    String requestId,
    Instant arrivedAt,
    ImageRequest request,
    long seed,
    @Nullable String traceparent,
    @Nullable Fault fault,
    @Nullable Integer status,
    boolean billed) {
  public String prompt() {
    return request.prompt();
  }
}
