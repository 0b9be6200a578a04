package dev.darkroom.worker.limit;

import dev.darkroom.worker.limit.CallPermits.Headers;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;

/** Reads what a reply says about the quota; what can't be read was not said. */
final class ReadHeaders {
  static final int TOO_MANY_REQUESTS = 429;

  private static final Duration UNSAID = Duration.ofSeconds(1);

  private ReadHeaders() {}

  static OptionalInt limit(Headers headers) {
    return number(headers, "x-ratelimit-limit-requests");
  }

  static OptionalInt remaining(Headers headers) {
    return number(headers, "x-ratelimit-remaining-requests");
  }

  static Duration retryAfter(Headers headers, Clock clock) {
    return RetryAfterParser.parse(headers, clock).orElse(UNSAID);
  }

  private static OptionalInt number(Headers headers, String name) {
    var value = headers.first(name);
    try {
      var number = value == null ? -1 : Integer.parseInt(value.strip());
      return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
