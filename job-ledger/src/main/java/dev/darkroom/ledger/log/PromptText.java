package dev.darkroom.ledger.log;

import java.util.regex.Pattern;

/**
 * A text to be found in prompts, in capitals or not; the database says which letters are the same.
 */
public record PromptText(String text) {
  /**
   * What is found by its trigrams in any locale, and in those that know more letters than ASCII's.
   */
  private static final Pattern ASCII_WORD = Pattern.compile("[0-9A-Za-z]{3}");

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{Nd}]{3}");

  public PromptText {
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no prompt could be found by that");
    }
  }

  /** For {@code ilike}; nothing in the text stands for anything but itself. */
  String pattern() {
    return "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }

  /** An index of trigrams is of no use for less: it would be read as a whole. */
  boolean hasTrigrams(boolean beyondAscii) {
    return (beyondAscii ? WORD : ASCII_WORD).matcher(text).find();
  }
}
