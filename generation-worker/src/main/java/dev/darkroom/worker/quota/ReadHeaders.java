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
      return value == null ? UNSAID : until(value, clock);
    } catch (DateTimeParseException e) {
      return UNSAID;
    }
  }

  private static Duration until(String date, Clock clock) {
    var instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    var wait = Duration.between(clock.instant(), instant);
    return wait.isNegative() ? Duration.ZERO : wait;
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
