package dev.darkroom.worker.nebius;

import org.jspecify.annotations.Nullable;

/** What is kept of the words of others: a line, not too long, and without our key. */
final class KeptWords {
  private static final int MAX = 500;

  private final ApiKey key;

  KeptWords(ApiKey key) {
    this.key = key;
  }

  /** First the key, then the length: half a key would not be recognized. */
  String of(@Nullable String words) {
    var kept = key.removedFrom(firstLine(words == null ? "" : words));
    return kept.length() <= MAX ? kept : kept.substring(0, MAX) + "…";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
