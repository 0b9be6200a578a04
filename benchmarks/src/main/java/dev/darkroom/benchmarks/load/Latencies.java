package dev.darkroom.benchmarks.load;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;

/** How long each of many took. All are kept, so percentiles are exact. */
public final class Latencies {
  private static final double NANOS_PER_MILLI = 1e6;

  private final long[] sorted;

  private Latencies(LongStream nanos) {
    this.sorted = nanos.sorted().toArray();
  }

  public static Latencies ofNanos(LongStream nanos) {
    return new Latencies(nanos);
  }

  public static Latencies together(Collection<Latencies> all) {
    return new Latencies(all.stream().flatMapToLong(one -> Arrays.stream(one.sorted)));
  }

  public int count() {
    return sorted.length;
  }

  /**
   * The smallest that this share of all does not exceed (nearest rank), in milliseconds.
   *
   * @param share above 0, up to 1
   */
  public double millis(double share) {
    if (share <= 0 || share > 1) {
      throw new IllegalArgumentException("a share lies above 0 and is at most 1");
    }
    if (sorted.length == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[rank - 1] / NANOS_PER_MILLI;
  }

  public double p50() {
    return millis(0.5);
  }

  public double p99() {
    return millis(0.99);
  }
}
