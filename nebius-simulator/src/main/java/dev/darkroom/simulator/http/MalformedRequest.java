package dev.darkroom.simulator.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What came in is not a request; nothing after it on the same connection can be understood either.
 */
final class MalformedRequest extends IOException {
  private final int status;

  MalformedRequest(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  /** The reply to part with: the sentence holds no character that JSON would escape. */
  SimulatorResponse reply() {
    byte[] body = "{\"detail\":\"%s\"}".formatted(getMessage()).getBytes(StandardCharsets.UTF_8);
    return SimulatorResponse.of(status, "application/json", body);
  }
}
