package dev.darkroom.worker.quota;

import dev.darkroom.worker.quota.CallPermits.Headers;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
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

  /** Seconds or an HTTP date (RFC 9110, section 10.2.3). */
  static Duration retryAfter(Headers headers, Clock clock) {
    var seconds = number(headers, "retry-after");
    if (seconds.isPresent()) {
      return Duration.ofSeconds(seconds.getAsInt());
    }
    var value = headers.first("retry-after");
    try {
      return value == null
          ? UNSAID
          : Duration.between(
              clock.instant(),
              ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return UNSAID;
    }
  }

  private static OptionalInt number(Headers headers, String name) {
    var value = headers.first(name);
    try {
      return value == null
          ? OptionalInt.empty()
          : OptionalInt.of(Integer.parseUnsignedInt(value.strip()));
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
