package dev.darkroom.benchmarks.results;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Collects what a measure finds. */
public final class Findings {
  private final String measure;
  private final List<Finding> all = new ArrayList<>();

  public Findings(String measure) {
    this.measure = measure;
  }

  public void add(String what, String unit, double value) {
    all.add(new Finding(measure, what, unit, value, null, null));
  }

  public void add(String what, String unit, double value, BenchmarkTarget target) {
    all.add(new Finding(measure, what, unit, value, null, target));
  }

  public void add(String what, String unit, double value, double floor) {
    all.add(new Finding(measure, what, unit, value, floor, null));
  }

  public void add(String what, String unit, double value, double floor, BenchmarkTarget target) {
    all.add(new Finding(measure, what, unit, value, floor, target));
  }

  public List<Finding> all() {
    return List.copyOf(all);
  }

  /** Of the rounds: one that a neighbour disturbed does not count. */
  public static <T> double median(List<T> rounds, ToDoubleFunction<T> of) {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("no rounds, no median");
    }
    var sorted = rounds.stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
