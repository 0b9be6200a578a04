package dev.darkroom.gateway.submit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The client's wish to get the reply when the job has ended: {@code Prefer: wait=20} (<a
 * href="https://www.rfc-editor.org/rfc/rfc7240">RFC 7240</a>). The first {@code wait} counts; a
 * malformed one is ignored, as the RFC asks.
 *
 * @param seconds at most {@value #MAX_SECONDS}, whatever was asked for
 */
record PreferWait(int seconds) {
  static final String HEADER = "Prefer";
  static final String APPLIED = "Preference-Applied";
  private static final int MAX_SECONDS = 60;

  /**
   * Far more than preferences need; a search in more than this would be worth an attacker's while.
   */
  private static final int MAX_LENGTH = 1_000;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
  private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*+\"";

  /** One preference up to the next comma outside of quotes; group 1 is its name, 2 its value. */
  private static final Pattern PREFERENCE =
      Pattern.compile(
          "\\s*+(%1$s)\\s*+(?:=\\s*+(%2$s|[^,;\"]*+))?+[^,\"]*+(?:%2$s[^,\"]*+)*+(?:,|$)"
              .formatted(TOKEN, QUOTED));

  private static final Pattern SECONDS = Pattern.compile("\"?([0-9]+)\"?");

  /** From all {@code Prefer} lines of a request, in their order. */
  static Optional<PreferWait> in(List<String> headers) {
    return headers.stream()
        .filter(header -> header.length() <= MAX_LENGTH)
        .flatMap(header -> PREFERENCE.matcher(header).results())
        .filter(preference -> preference.group(1).equalsIgnoreCase("wait"))
        .findFirst()
        .flatMap(PreferWait::read);
  }

  private static Optional<PreferWait> read(MatchResult preference) {
    var value = preference.group(2) == null ? "" : preference.group(2).strip();
    var seconds = SECONDS.matcher(value);
    if (!seconds.matches()) {
      return Optional.empty();
    }
    var digits = seconds.group(1);
    // more digits are more than the maximum anyway
    return Optional.of(
        new PreferWait(
            digits.length() > 9 ? MAX_SECONDS : Math.min(MAX_SECONDS, Integer.parseInt(digits))));
  }

  PreferWait atMost(Duration longest) {
    return longest.toSeconds() < seconds ? new PreferWait((int) longest.toSeconds()) : this;
  }

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }

  /** The value of {@code Preference-Applied}. */
  String applied() {
    return "wait=" + seconds;
  }
}
