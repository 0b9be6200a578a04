package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.worker.limit.CallPermits.Headers;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads for how long a provider asks us to wait: {@code retry-after-ms}, {@code Retry-After} in
 * seconds or as a date in any of the three forms of <a
 * href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7">RFC 9110</a>, or {@code
 * x-ratelimit-reset-requests} such as {@code 1m30s}. What can't be read was not said.
 */
public final class RetryAfterParser {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}(\\.\\d{0,9})?|\\.\\d{1,9}");
  private static final Pattern UNITS =
      Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|[dhms]))+");
  private static final Pattern UNIT = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|[dhms])");

  /** It says nothing that the date does not, and is wrong now and then. */
  private static final Pattern WEEKDAY = Pattern.compile("^[A-Za-z]{3,9},? +");

  /** As today's HTTP, C's {@code asctime} and RFC 850 write it, in this order. */
  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("[d MMM uuuu HH:mm:ss 'GMT'][MMM d HH:mm:ss uuuu]")
          .optionalStart()
          .appendPattern("d-MMM-")
          .appendValueReduced(ChronoField.YEAR, 2, 2, 1980)
          .appendPattern(" HH:mm:ss 'GMT'")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private RetryAfterParser() {}

  /**
   * The wait that is asked for.
   *
   * @return at most {@link RateLimitStore#LONGEST_PAUSE}; empty where nothing was said
   */
  public static Optional<Duration> parse(Headers headers, Clock clock) {
    return Stream.<Optional<Duration>>of(
            // not of any standard, but more exact than what is
            said(headers, "retry-after-ms", value -> seconds(value, 0.001)),
            said(headers, "retry-after", value -> seconds(value, 1)),
            said(headers, "retry-after", value -> untilDate(value, clock)),
            said(headers, "retry-after", RetryAfterParser::inUnits),
            said(headers, "x-ratelimit-reset-requests", RetryAfterParser::inUnits),
            said(headers, "x-ratelimit-reset-requests", value -> seconds(value, 1)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Duration> said(
      Headers headers, String name, Function<String, OptionalDouble> form) {
    var value = headers.first(name);
    var seconds = value == null ? OptionalDouble.empty() : form.apply(value.strip());
    return seconds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Duration.ofMillis(
                Math.clamp(
                    (long) (seconds.getAsDouble() * 1000),
                    0,
                    RateLimitStore.LONGEST_PAUSE.toMillis())));
  }

  private static OptionalDouble seconds(String value, double unit) {
    return NUMBER.matcher(value).matches()
        ? OptionalDouble.of(new BigDecimal(value).doubleValue() * unit)
        : OptionalDouble.empty();
  }

  private static OptionalDouble untilDate(String value, Clock clock) {
    var date = WEEKDAY.matcher(value).replaceFirst("").replaceAll("\\s+", " ");
    return Stream.of(DateTimeFormatter.RFC_1123_DATE_TIME, DATE)
        .map(form -> instant(date, form))
        .flatMap(Optional::stream)
        .mapToDouble(until -> Duration.between(clock.instant(), until).toMillis() / 1000.0)
        .findFirst();
  }

  private static Optional<Instant> instant(String date, DateTimeFormatter form) {
    try {
      return Optional.of(form.parse(date, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static OptionalDouble inUnits(String value) {
    return UNITS.matcher(value).matches()
        ? OptionalDouble.of(
            UNIT.matcher(value)
                .results()
                .mapToDouble(part -> Double.parseDouble(part.group(1)) * unit(part.group(2)))
                .sum())
        : OptionalDouble.empty();
  }

  private static double unit(String name) {
    return switch (name) {
      case "ms" -> 0.001;
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3600;
      default -> 86_400;
    };
  }
}
