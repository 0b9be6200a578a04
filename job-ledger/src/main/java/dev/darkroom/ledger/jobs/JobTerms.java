package dev.darkroom.ledger.jobs;

import org.jspecify.annotations.Nullable;

/**
 * On which terms a job is accepted.
 *
 * @param priority {@value #LOWEST} to {@value #HIGHEST}: within a line, higher ones go first
 * @param weight of the line, 1 to {@value #HEAVIEST}: one of weight 2 gets twice as many turns as
 *     one of weight 1 that waits, too
 * @param limits what it must fit into; null for nothing
 */
public record JobTerms(int priority, int weight, @Nullable JobLimits limits) {
  public static final int LOWEST = 1;
  public static final int USUAL = 3;
  public static final int HIGHEST = 5;
  public static final int HEAVIEST = 100;

  /** How far the jobs of a line of weight 1 are apart. */
  public static final long TURN = 1_000_000;

  /** What a client gets that asks for nothing, where nothing is limited. */
  public static final JobTerms DEFAULT = new JobTerms(USUAL, 1, null);

  public JobTerms {
    if (priority < LOWEST || priority > HIGHEST) {
      throw new IllegalArgumentException("priority must be 1 to 5");
    }
    if (weight < 1 || weight > HEAVIEST) {
      throw new IllegalArgumentException("weight must be 1 to 100");
    }
  }

  /** By how much its turn is later than the one before it in its line. */
  public long stride() {
    return TURN / weight;
  }

  /** The same, in any case of this priority. */
  public JobTerms withPriority(int other) {
    return new JobTerms(other, weight, limits);
  }

  /**
   * The same for a job that is accepted only if its key stands for it already, which is to say,
   * never.
   */
  public JobTerms closed() {
    return new JobTerms(priority, weight, JobLimits.CLOSED);
  }

  /**
   * What there must be room for.
   *
   * @param openOfLine jobs of the line that may be open, this one included; null for any number
   * @param openOfAll jobs of all that may be open; null for any number
   * @param day whose jobs of a day are counted; null for nobody's
   * @param isClosed whether there is no room at all: only a key that stands for a job is answered
   */
  public record JobLimits(
      @Nullable Integer openOfLine,
      @Nullable Integer openOfAll,
      @Nullable DayLimit day,
      boolean isClosed) {
    static final JobLimits CLOSED = new JobLimits(null, null, null, true);
  }

  /**
   * How many jobs may be accepted on one day of UTC.
   *
   * @param name whose they are
   */
  public record DayLimit(String name, int jobs) {}
}
