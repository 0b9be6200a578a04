package dev.darkroom.gateway.stats;

import dev.darkroom.ledger.Minute;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;

/** How long pictures took, put together from many minutes. */
final class Times {
  /** Up to an hour; longer times make it grow. */
  private static final int CLASSES = 320;

  /** By class. */
  private int[] jobs = new int[CLASSES];

  private int pictures;

  void add(Map<Integer, Integer> took) {
    took.forEach((tookClass, count) -> {
      if (tookClass >= jobs.length) {
        jobs = Arrays.copyOf(jobs, 2 * tookClass);
      }
      jobs[tookClass] += count;
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
    for (int tookClass = 0; tookClass < jobs.length; tookClass++) {
      counted += jobs[tookClass];
      if (counted >= rank) {
        return OptionalDouble.of(rounded(Minute.secondsOf(tookClass)));
      }
    }
    return OptionalDouble.empty();
  }

  /** To milliseconds: more digits would look like a precision that is not there. */
  private static double rounded(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
