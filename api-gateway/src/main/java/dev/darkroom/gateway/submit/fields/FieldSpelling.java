package dev.darkroom.gateway.submit.fields;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Recognises other spellings of field names, and misspellings. */
final class FieldSpelling {
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[_\\-. ]");

  /** Shorter names resemble too many words. */
  private static final int SHORTEST = 3;

  /** Words of other APIs that resemble our fields by chance. */
  private static final Set<String> OTHER_WORDS = Set.of("mode", "speed", "weight", "feed", "need");

  private FieldSpelling() {}

  /** Without case and separators: snake_case and camelCase are the same. */
  static String normalized(String name) {
    return BETWEEN_WORDS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  /** The name that was probably meant. */
  static Optional<String> nearest(String written, Collection<String> names) {
    var word = normalized(written);
    if (word.length() < SHORTEST || OTHER_WORDS.contains(word)) {
      return Optional.empty();
    }
    return names.stream().filter(name -> isNear(word, normalized(name))).findFirst();
  }

  /** One mistake in a short word, two in a longer one. */
  private static boolean isNear(String word, String name) {
    var most = Math.min(word.length(), name.length()) <= 5 ? 1 : 2;
    return Math.abs(word.length() - name.length()) <= most && distance(word, name) <= most;
  }

  /**
   * Insertions, deletions, replacements and exchanges of neighbours that make one of the other (<a
   * href="https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance#Optimal_string_alignment_distance">optimal
   * string alignment</a>).
   */
  private static int distance(String a, String b) {
    var cost = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    var same = a.charAt(i - 1) == b.charAt(j - 1);
    var least =
        Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
    var exchanged =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
