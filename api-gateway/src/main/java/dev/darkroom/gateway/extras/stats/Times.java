package dev.darkroom.gateway.extras.stats;

import dev.darkroom.ledger.statistics.Minute;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** How long pictures took, put together from many minutes. */
final class Times {
  private final TreeMap<Integer, Integer> jobs = new TreeMap<>();
  private int pictures;

  void add(Map<Integer, Integer> took) {
    took.forEach((tookClass, count) -> {
      jobs.merge(tookClass, count, Integer::sum);
      pictures += count;
    });
  }

  int pictures() {
    return pictures;
  }

  /**
   * The time that so many of all pictures did not exceed (nearest rank), in seconds, at most 2.5 %
   * off.
   *
   * @param share from 0 to 1
   */
  OptionalDouble seconds(double share) {
    var rank = Math.max(1, (long) Math.ceil(share * pictures));
    var counted = 0L;
    for (var entry : jobs.entrySet()) {
      counted += entry.getValue();
      if (counted >= rank) {
        return OptionalDouble.of(rounded(Minute.secondsOf(entry.getKey())));
      }
    }
    return OptionalDouble.empty();
  }

  /** To milliseconds: more digits would look like a precision that is not there. */
  private static double rounded(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
