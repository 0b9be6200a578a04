package dev.darkroom.simulator.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What came in is not a request; nothing after it on the same connection can be understood either.
 */
final class UnreadableRequest extends IOException {
  private final int status;

  UnreadableRequest(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  /** The reply to part with: the sentence holds no character that JSON would escape. */
  Reply reply() {
    byte[] body = "{\"detail\":\"%s\"}".formatted(getMessage()).getBytes(StandardCharsets.UTF_8);
    return Reply.of(status, "application/json", body);
  }
}
