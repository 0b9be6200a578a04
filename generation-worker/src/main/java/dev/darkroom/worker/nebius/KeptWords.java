package dev.darkroom.worker.nebius;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is kept of the words of others: a line, not too long, and without our key. */
final class KeptWords {
  private static final int MAX = 500;

  /** Longer words about a failure of the provider's own are its own affair. */
  private static final int MAX_TOLD = 120;

  /** Paths, hosts, addresses, ids, and whatever is about our account. */
  private static final Pattern TELLING =
      Pattern.compile(
          "[/\\\\@_=<>{}\\[\\]]|\\w\\.\\w|:\\w|\\d{4}|\\w-\\w*\\d|account|billing|balance|credit|quota|organi[sz]ation|project|tenant|\\bkey|token|\\bplan\\b|bucket|\\bpid\\b",
          Pattern.CASE_INSENSITIVE);

  private final ApiKey key;

  KeptWords(ApiKey key) {
    this.key = key;
  }

  /** First the key, then the length: half a key would not be recognized. */
  String of(@Nullable String words) {
    var kept = key.removedFrom(firstLine(words == null ? "" : words));
    return kept.length() <= MAX ? kept : kept.substring(0, MAX) + "…";
  }

  /** Whether clients may read them, too, where they are not about their own request. */
  static boolean areHarmless(String words) {
    return words.length() <= MAX_TOLD && !TELLING.matcher(words).find();
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
