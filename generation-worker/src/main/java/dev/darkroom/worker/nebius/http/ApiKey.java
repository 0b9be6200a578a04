package dev.darkroom.worker.nebius.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The secret sent to the provider; prints as stars, and removes itself from others' texts. */
public record ApiKey(String value) {
  private static final String STARS = "***";

  /** A shorter part of a key is of no use to an attacker, and may be an ordinary word. */
  private static final int SHORTEST_PART = 12;

  private static final int LONGEST_TEXT = 500;

  private static final Pattern BEARER =
      Pattern.compile("\\b(bearer)\\s+[^\\s\"',;]+", Pattern.CASE_INSENSITIVE);

  public ApiKey {
    value = value.strip(); // a file or a pasted line ends with a line break
  }

  public boolean isGiven() {
    return !value.isEmpty();
  }

  /** Whether a header can carry it; copying a key can add an invisible character. */
  public boolean isSendable() {
    return value.chars().allMatch(character -> character > ' ' && character <= '~');
  }

  /** The first line of a text by others, at most 500 characters, without the key. */
  public String sanitize(@Nullable String text) {
    var line = text == null ? "" : text.lines().findFirst().orElse("").strip();
    var clean = redact(line); // before it is cut: half a key would not be recognized
    return clean.length() <= LONGEST_TEXT ? clean : clean.substring(0, LONGEST_TEXT) + "…";
  }

  /** The text without the key, whole, in part or encoded: providers often quote what they got. */
  public String redact(String text) {
    var clean = BEARER.matcher(text).replaceAll("$1 \\*\\*\\*");
    if (!isGiven()) {
      return clean;
    }
    var forms =
        Stream.of(
                value,
                URLEncoder.encode(value, UTF_8),
                base64(Base64.getEncoder()),
                base64(Base64.getUrlEncoder()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return redactParts(
        Pattern.compile(forms, Pattern.CASE_INSENSITIVE).matcher(clean).replaceAll("\\*\\*\\*"));
  }

  private String base64(Base64.Encoder encoder) {
    return encoder.withoutPadding().encodeToString(value.getBytes(UTF_8));
  }

  /** A key that was cut to fit is still most of a key. */
  private String redactParts(String text) {
    var clean = text;
    for (int start = 0; start + SHORTEST_PART <= value.length(); start++) {
      int end = start + SHORTEST_PART;
      if (clean.contains(value.substring(start, end))) {
        while (end < value.length() && clean.contains(value.substring(start, end + 1))) {
          end++;
        }
        clean = clean.replace(value.substring(start, end), STARS);
      }
    }
    return clean;
  }

  @Override
  public String toString() {
    return STARS;
  }
}
