package dev.darkroom.gateway.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a moment as <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339</a>
 * writes it, and also without seconds. Java reads more than that, such as years of five digits.
 */
public final class ReadInstant {
  /** Continues a sentence that begins with the parameter's name. */
  public static final String RULE =
      "must be a date and time with an offset as in RFC 3339, such as 2026-11-24T12:30:00Z or 2026-11-24T13:30:00%2B01:00";

  /** A + that nobody has encoded arrives as a blank, and can't have been anything else. */
  private static final Pattern MOMENT =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(?:(Z)|([-+ ])(\\d\\d:\\d\\d))");

  private ReadInstant() {}

  public static Optional<Instant> of(String text) {
    var moment = MOMENT.matcher(text.toUpperCase(Locale.ROOT));
    if (!moment.matches()) {
      return Optional.empty();
    }
    var offset =
        moment.group(3) != null ? "Z" : moment.group(4).replace(' ', '+') + moment.group(5);
    try {
      return Optional.of(
          OffsetDateTime.parse(moment.group(1) + "T" + moment.group(2) + offset).toInstant());
    } catch (DateTimeException e) { // such as the 30th of February, or a leap second
      return Optional.empty();
    }
  }
}
