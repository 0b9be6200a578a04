package dev.darkroom.benchmarks.results;

import org.jspecify.annotations.Nullable;

/**
 * One number of one measure.
 *
 * @param measure the measure's name
 * @param what the number is, for the reader of a table
 * @param floor the same of the floor, where there is one
 * @param target null where there is none
 */
public record Finding(
    String measure,
    String what,
    String unit,
    double value,
    @Nullable Double floor,
    @Nullable BenchmarkTarget target) {

  public Finding {
    if (floor == null && target != null && target.ofRatio()) {
      throw new IllegalArgumentException("a target for a ratio needs a floor: " + what);
    }
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("this was not measured: " + what);
    }
  }

  public @Nullable Double ratio() {
    return floor == null ? null : value / floor;
  }

  /** Null where there is no target. */
  public @Nullable Boolean met() {
    if (target == null) {
      return null;
    }
    var ratio = ratio();
    return target.metBy(target.ofRatio() && ratio != null ? ratio : value);
  }
}
