package dev.darkroom.gateway.extras.log;

import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Makes cells of a CSV file that no spreadsheet takes for a formula, whatever separator it splits
 * the file by: prompts come from strangers (<a
 * href="https://owasp.org/www-community/attacks/CSV_Injection">OWASP</a>). Text gets a quotation
 * mark in front of the character that would begin a formula, JSON that character's escape. Both can
 * be read back: of the marks before such a character, the last is ours.
 */
final class FormulaGuard {
  /** What a formula begins with, and how input methods of East Asia write it. */
  private static final String BEGINS_FORMULA = "=+-@＝＋－＠﹢﹣﹦﹫−";

  /** What some spreadsheet somewhere begins a cell after. */
  private static final String SEPARATORS = ",;|\t\r\n\f\u000b\u0085\u2028\u2029";

  private final UnaryOperator<String> defuse;
  private final boolean withinStringsOnly;

  private FormulaGuard(UnaryOperator<String> defuse, boolean withinStringsOnly) {
    this.defuse = defuse;
    this.withinStringsOnly = withinStringsOnly;
  }

  static String ofText(String text) {
    var marked = new FormulaGuard(begin -> "'" + begin, false).defused(text);
    return beginsWithControl(text) ? "'" + marked : marked;
  }

  /** The same JSON for whoever parses it. Numbers can stay: a minus before digits is no formula. */
  static String ofJson(String json) {
    return new FormulaGuard(FormulaGuard::escaped, true).defused(json);
  }

  private String defused(String text) {
    var safe = new StringBuilder(text.length() + 8);
    var beginsCell = true;
    var inString = false;
    var escaped = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (beginsCell && BEGINS_FORMULA.indexOf(c) >= 0 && (inString || !withinStringsOnly)) {
        safe.append(defuse.apply(String.valueOf(c)));
      } else {
        safe.append(c);
      }
      beginsCell = SEPARATORS.indexOf(c) >= 0 || (beginsCell && isPassedOver(c));
      inString ^= c == '"' && !escaped;
      escaped = c == '\\' && !escaped;
    }
    return safe.toString();
  }

  /** Spreadsheets strip it from a cell, or may, before they look at what it is. */
  private static boolean isPassedOver(char c) {
    return c == '"'
        || c == '\''
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT;
  }

  /** A tab or line break in front counts as dangerous by itself. */
  private static boolean beginsWithControl(String text) {
    var first = 0;
    while (first < text.length() && text.charAt(first) == '\'') {
      first++;
    }
    return first < text.length() && "\t\r\n".indexOf(text.charAt(first)) >= 0;
  }

  private static String escaped(String begin) {
    return String.format(Locale.ROOT, "\\u%04x", (int) begin.charAt(0));
  }
}
