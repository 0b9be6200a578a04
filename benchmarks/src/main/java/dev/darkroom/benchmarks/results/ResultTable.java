package dev.darkroom.benchmarks.results;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Findings as a Markdown table, which is also fit for a terminal. */
public final class ResultTable {
  private static final String HEAD =
      """
      | measure | what | measured | floor | ratio | target | met |
      | --- | --- | ---: | ---: | ---: | --- | --- |
      """;

  private ResultTable() {}

  public static String of(List<Finding> findings) {
    var table = new StringBuilder(HEAD);
    for (var finding : findings) {
      table
          .append("| ")
          .append(
              String.join(
                  " | ",
                  finding.measure(),
                  finding.what(),
                  withUnit(finding.value(), finding.unit()),
                  floor(finding),
                  ratio(finding.ratio()),
                  finding.target() == null ? "" : finding.target().toString(),
                  met(finding.met())))
          .append(" |\n");
    }
    return table.toString();
  }

  /** Three digits that mean something, no more. */
  static String number(double value) {
    double size = Math.abs(value);
    var form =
        value == Math.rint(value) || size >= 100
            ? "%,.0f"
            : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }

  private static String floor(Finding finding) {
    return finding.floor() == null ? "" : withUnit(finding.floor(), finding.unit());
  }

  private static String withUnit(double value, String unit) {
    return (number(value) + " " + unit).strip();
  }

  private static String ratio(@Nullable Double ratio) {
    return ratio == null ? "" : String.format(Locale.ROOT, "%.2f ×", ratio);
  }

  private static String met(@Nullable Boolean met) {
    return met == null ? "" : met ? "yes" : "**no**";
  }
}
