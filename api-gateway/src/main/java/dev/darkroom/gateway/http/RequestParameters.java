package dev.darkroom.gateway.http;

import dev.darkroom.gateway.http.Parsed.BadField;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the query parameters of one request and collects every bad one, so that a client sees all
 * mistakes at once. An empty parameter counts as absent; of a repeated one the first value counts.
 */
public final class RequestParameters {
  /** As many digits as a long always holds. */
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  /**
   * <a href="https://www.rfc-editor.org/rfc/rfc3339#section-5.6">RFC 3339</a>, and also without
   * seconds; Java reads more, such as years of five digits. An unencoded + arrives as a blank.
   */
  private static final Pattern TIMESTAMP =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?)(?:(Z)|([-+ ])(\\d\\d:\\d\\d))");

  public static final String TIMESTAMP_RULE =
      "must be an RFC 3339 date and time with an offset, such as 2026-11-24T12:30:00Z or 2026-11-24T13:30:00%2B01:00";

  private final HttpServletRequest request;
  private final List<BadField> errors = new ArrayList<>();

  public RequestParameters(HttpServletRequest request) {
    this.request = request;
  }

  public Optional<String> text(String name) {
    return texts(name).stream().findFirst();
  }

  /** A text that can be in the ledger: PostgreSQL stores none with U+0000. */
  public Optional<String> storableText(String name) {
    var text = text(name);
    if (text.isPresent() && text.get().indexOf('\0') >= 0) {
      reject(name, "must not contain U+0000");
      return Optional.empty();
    }
    return text;
  }

  /** All values of a parameter that may be repeated. */
  public List<String> texts(String name) {
    var values = request.getParameterValues(name);
    return values == null
        ? List.of()
        : Stream.of(values).filter(value -> !value.isBlank()).toList();
  }

  /** Empty where the parameter is absent or bad. */
  public OptionalLong integer(String name, long min, long max) {
    var text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    var number = digits(text.get());
    if (number.isEmpty() || number.getAsLong() < min || number.getAsLong() > max) {
      reject(name, "must be an integer between %d and %d".formatted(min, max));
      return OptionalLong.empty();
    }
    return number;
  }

  /** An integer of up to 18 digits, also from elsewhere than a parameter; empty for other text. */
  public static OptionalLong digits(String text) {
    return DIGITS.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /** Empty where the parameter is absent or bad. */
  public Optional<Instant> instant(String name) {
    var text = text(name);
    var instant = text.flatMap(RequestParameters::timestamp);
    if (text.isPresent() && instant.isEmpty()) {
      reject(name, TIMESTAMP_RULE);
    }
    return instant;
  }

  /**
   * One of these values; empty where the parameter is absent or bad.
   *
   * @param word what clients write for a value
   */
  public <T> Optional<T> oneOf(String name, List<T> values, Function<T, String> word) {
    var text = text(name);
    var chosen =
        text.flatMap(t -> values.stream().filter(value -> word.apply(value).equals(t)).findFirst());
    if (text.isPresent() && chosen.isEmpty()) {
      var words = values.stream().map(word).collect(Collectors.joining(", "));
      reject(name, "must be one of " + words);
    }
    return chosen;
  }

  /** Notes what is wrong with a parameter; the message continues a sentence that names it. */
  public void reject(String name, String message) {
    errors.add(new BadField(name, message));
  }

  public boolean areValid() {
    return errors.isEmpty();
  }

  /** The value, which is made only where no parameter is bad. */
  public <T> Parsed<T> parsed(Supplier<T> value) {
    return errors.isEmpty()
        ? new Parsed.Success<>(value.get())
        : new Parsed.BadFields<>(List.copyOf(errors));
  }

  /** A time as {@link #TIMESTAMP_RULE} has it; empty for other text. */
  public static Optional<Instant> timestamp(String text) {
    var parts = TIMESTAMP.matcher(text.toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      return Optional.empty();
    }
    var offset = parts.group(3) != null ? "Z" : parts.group(4).replace(' ', '+') + parts.group(5);
    try {
      return Optional.of(
          OffsetDateTime.parse(parts.group(1) + "T" + parts.group(2) + offset).toInstant());
    } catch (DateTimeException e) { // such as the 30th of February, or a leap second
      return Optional.empty();
    }
  }
}
