package dev.darkroom.gateway.extras.log;

import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Prevents CSV injection (<a
 * href="https://owasp.org/www-community/attacks/CSV_Injection">OWASP</a>): no spreadsheet takes a
 * cell for a formula, whatever separator it splits the file by. In text, a character that would
 * begin a formula gets a quotation mark in front; in JSON, it is escaped. Both can be read back: of
 * the marks before such a character, the last one was added.
 */
final class FormulaGuard {
  /** Characters that begin a formula, with their East Asian variants. */
  private static final String BEGINS_FORMULA = "=+-@＝＋－＠﹢﹣﹦﹫−";

  /** Characters after which some spreadsheet begins a new cell. */
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

  /** JSON that parses to the same value. Numbers stay: a minus before digits is no formula. */
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
      beginsCell = SEPARATORS.indexOf(c) >= 0 || (beginsCell && isStripped(c));
      inString ^= c == '"' && !escaped;
      escaped = c == '\\' && !escaped;
    }
    return safe.toString();
  }

  /** Whether a spreadsheet may strip the character from a cell's start. */
  private static boolean isStripped(char c) {
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
