package dev.darkroom.gateway.extras.webhook.send;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code Retry-After}, seconds or a date (<a
 * href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110</a>).
 */
final class RetryAfterHeader {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private RetryAfterHeader() {}

  /** Zero where it says nothing that can be read, or a time that has passed. */
  static Duration parse(@Nullable String value, InstantSource clock) {
    var text = value == null ? "" : value.strip();
    var wait = SECONDS.matcher(text).matches() ? seconds(text) : until(text, clock.instant());
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static Duration seconds(String text) {
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private static Duration until(String text, Instant now) {
    try {
      return Duration.between(now, DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }
}
