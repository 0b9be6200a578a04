package dev.darkroom.worker.nebius;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A secret that can't slip into a log: it prints as stars. */
record ApiKey(String value) {
  private static final String STARS = "***";

  /** A part of a key that is shorter is no use to anybody, and may be a word. */
  private static final int SHORTEST_PART = 12;

  /** Whatever follows this word in a provider's sentence about logins is not for a log. */
  private static final Pattern BEARER =
      Pattern.compile("\\b(bearer)\\s+[^\\s\"',;]+", Pattern.CASE_INSENSITIVE);

  /** Public, as Spring's conversion from a setting's text asks for it. */
  public ApiKey {
    value = value.strip(); // a file or a pasted line ends with a line break
  }

  boolean isGiven() {
    return !value.isEmpty();
  }

  /** Whether a header can carry it; an invisible character comes along when a key is copied. */
  boolean isSendable() {
    return value.chars().allMatch(character -> character > ' ' && character <= '~');
  }

  /**
   * The text without the key, whole, in part or encoded: providers like to repeat what they got.
   */
  String removedFrom(String text) {
    var cleaned = BEARER.matcher(text).replaceAll("$1 " + STARS.replace("*", "\\*"));
    if (!isGiven()) {
      return cleaned;
    }
    var forms =
        Stream.of(
                value,
                URLEncoder.encode(value, UTF_8),
                base64(Base64.getEncoder()),
                base64(Base64.getUrlEncoder()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return withoutParts(
        Pattern.compile(forms, Pattern.CASE_INSENSITIVE).matcher(cleaned).replaceAll("\\*\\*\\*"));
  }

  private String base64(Base64.Encoder encoder) {
    return encoder.withoutPadding().encodeToString(value.getBytes(UTF_8));
  }

  /** A key that was cut to fit is still most of a key. */
  private String withoutParts(String text) {
    var cleaned = text;
    for (int start = 0; start + SHORTEST_PART <= value.length(); start++) {
      int length = SHORTEST_PART;
      if (cleaned.contains(value.substring(start, start + length))) {
        while (start + length < value.length()
            && cleaned.contains(value.substring(start, start + length + 1))) {
          length++;
        }
        cleaned = cleaned.replace(value.substring(start, start + length), STARS);
      }
    }
    return cleaned;
  }

  @Override
  public String toString() {
    return STARS;
  }
}
