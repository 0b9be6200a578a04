package dev.darkroom.gateway.model;

import java.util.regex.Pattern;

/** Whole numbers between two, both included; written {@code 30-50}, or {@code 4} for one alone. */
public record NumberRange(int least, int most) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?");

  public NumberRange {
    if (least > most) {
      throw new IllegalArgumentException("should begin with the smaller number");
    }
  }

  /** Spring converts the setting's text with it. */
  public static NumberRange valueOf(String text) {
    var ends = FORM.matcher(text.strip());
    if (!ends.matches()) {
      throw new IllegalArgumentException("should be two numbers, such as 30-50, or one");
    }
    var most = ends.group(2) == null ? ends.group(1) : ends.group(2);
    return new NumberRange(Integer.parseInt(ends.group(1)), Integer.parseInt(most));
  }

  boolean contains(int number) {
    return number >= least && number <= most;
  }

  boolean isWithin(int first, int last) {
    return least >= first && most <= last;
  }
}
