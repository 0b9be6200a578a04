package dev.darkroom.simulator.drawing;

import java.util.ArrayList;
import java.util.List;

/**
 * A text broken into lines at the largest size at which all of it fits, or cut with an ellipsis at
 * the smallest.
 */
record Wrapped(List<String> lines, double size) {
  static final double LEADING = 1.22;
  private static final double STEP = 0.92;

  Wrapped {
    lines = List.copyOf(lines);
  }

  static Wrapped fit(
      String text,
      double width,
      double height,
      double largest,
      double smallest,
      Lettering letters) {
    for (double size = largest; size > smallest; size *= STEP) {
      var lines = breakLines(text, width, size, letters);
      if (lines.size() * size * LEADING <= height) {
        return new Wrapped(lines, size);
      }
    }
    var lines = breakLines(text, width, smallest, letters);
    int room = Math.max(1, (int) (height / (smallest * LEADING)));
    return new Wrapped(
        lines.size() <= room ? lines : cut(lines, room, width, smallest, letters), smallest);
  }

  private static List<String> breakLines(
      String text, double width, double size, Lettering letters) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      if (!line.isEmpty() && letters.width(line + " " + word, size) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
      while (letters.width(line.toString(), size) > width
          && line.codePointCount(0, line.length()) > 1) {
        int end = fitting(line.toString(), width, size, letters);
        lines.add(line.substring(0, end));
        line.delete(0, end);
      }
    }
    lines.add(line.toString());
    return lines;
  }

  /**
   * Where to break a word that is longer than a line: after at least one letter, never inside a
   * surrogate pair.
   */
  private static int fitting(String word, double width, double size, Lettering letters) {
    int end = word.offsetByCodePoints(0, 1);
    double used = letters.width(word.substring(0, end), size);
    while (end < word.length()) {
      int next = word.offsetByCodePoints(end, 1);
      used += letters.width(word.substring(end, next), size);
      if (used > width) {
        return end;
      }
      end = next;
    }
    return end;
  }

  private static List<String> cut(
      List<String> lines, int room, double width, double size, Lettering letters) {
    var kept = new ArrayList<>(lines.subList(0, room));
    var last = new StringBuilder(kept.removeLast());
    while (!last.isEmpty() && letters.width(last + "…", size) > width) {
      last.setLength(last.offsetByCodePoints(last.length(), -1));
    }
    kept.add(last.toString().stripTrailing() + "…");
    return kept;
  }
}
