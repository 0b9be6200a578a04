package dev.darkroom.gateway.submit;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client's wish to get the reply when the job has ended: {@code Prefer: wait=20} (<a
 * href="https://www.rfc-editor.org/rfc/rfc7240">RFC 7240</a>). The first {@code wait} counts; a
 * malformed one is ignored, as the RFC asks.
 */
record PreferWait(long seconds) {
  static final String HEADER = "Prefer";
  static final String APPLIED = "Preference-Applied";

  /**
   * Far more than preferences need; a search in more than this would be worth an attacker's while.
   */
  private static final int MAX_LENGTH = 1_000;

  private static final Pattern QUOTED_NUMBER = Pattern.compile("\"([0-9]*+)\"");
  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
  private static final Pattern WAIT = Pattern.compile("(?i)\\s*+wait\\s*+(?:=([^;]*+))?(?:;.*)?");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  /**
   * From all {@code Prefer} lines of a request, in their order.
   *
   * @param longest that is granted, whatever was asked for
   */
  static Optional<PreferWait> in(List<String> lines, Duration longest) {
    return lines.stream()
        .filter(line -> line.length() <= MAX_LENGTH)
        .map(line -> QUOTED_NUMBER.matcher(line).replaceAll("$1"))
        .map(line -> QUOTED.matcher(line).replaceAll(""))
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(WAIT::matcher)
        .filter(Matcher::matches)
        .findFirst()
        .map(wait -> Objects.requireNonNullElse(wait.group(1), "").strip())
        .filter(DIGITS.asMatchPredicate())
        .map(digits -> new PreferWait(atMost(longest.toSeconds(), digits)));
  }

  /** More than nine digits are more than the longest wait anyway. */
  private static long atMost(long longest, String digits) {
    return digits.length() > 9 ? longest : Math.min(longest, Long.parseLong(digits));
  }

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /** The value of {@code Preference-Applied}. */
  String value() {
    return "wait=" + seconds;
  }
}
