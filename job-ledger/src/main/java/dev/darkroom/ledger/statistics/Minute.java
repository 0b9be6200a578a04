package dev.darkroom.ledger.statistics;

import java.time.Instant;
import java.util.Map;

/**
 * What happened to jobs in one minute.
 *
 * @param at its beginning
 * @param submitted jobs accepted in it
 * @param completed jobs that ended in it, with their picture
 * @param failed jobs that ended in it without
 * @param took the completed ones by the class of the time from their acceptance to their picture
 * @param failures the failed ones by the code of their failure
 */
public record Minute(
    Instant at,
    int submitted,
    int completed,
    int failed,
    Map<Integer, Integer> took,
    Map<String, Integer> failures) {

  /** Each class of times ends so much above its beginning. */
  private static final double WIDTH = 1.05;

  public Minute {
    took = Map.copyOf(took);
    failures = Map.copyOf(failures);
  }

  /**
   * The middle of a class of times, in seconds. What is in the class lies at most 2.5 % from it;
   * but times below a millisecond are taken for one.
   */
  public static double secondsOf(int tookClass) {
    return Math.pow(WIDTH, tookClass + 0.5) / 1000;
  }
}
