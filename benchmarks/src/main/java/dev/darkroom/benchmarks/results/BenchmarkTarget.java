package dev.darkroom.benchmarks.results;

import java.util.Locale;

/**
 * What a finding should be.
 *
 * @param ofRatio whether the ratio to the floor is meant, or the value itself
 */
public record BenchmarkTarget(Side side, double limit, boolean ofRatio) {
  /** On which side of the limit it is met. */
  public enum Side {
    AT_LEAST("≥"),
    AT_MOST("≤");

    private final String sign;

    Side(String sign) {
      this.sign = sign;
    }
  }

  public static BenchmarkTarget ratioAtLeast(double limit) {
    return new BenchmarkTarget(Side.AT_LEAST, limit, true);
  }

  public static BenchmarkTarget ratioAtMost(double limit) {
    return new BenchmarkTarget(Side.AT_MOST, limit, true);
  }

  public static BenchmarkTarget atLeast(double limit) {
    return new BenchmarkTarget(Side.AT_LEAST, limit, false);
  }

  public static BenchmarkTarget atMost(double limit) {
    return new BenchmarkTarget(Side.AT_MOST, limit, false);
  }

  boolean metBy(double measured) {
    return switch (side) {
      case AT_LEAST -> measured >= limit;
      case AT_MOST -> measured <= limit;
    };
  }

  @Override
  public String toString() {
    var number =
        limit == Math.rint(limit)
            ? String.format(Locale.ROOT, "%,.0f", limit)
            : Double.toString(limit);
    return side.sign + " " + number + (ofRatio ? " ×" : "");
  }
}
