package dev.darkroom.gateway.submit.admit;

import dev.darkroom.ledger.jobs.JobTerms;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often jobs of each priority join a line: those of higher ones will go before a job that is
 * there already. Averages that fade within minutes, of the lines that submitted last.
 */
final class OvertakingRates {
  private static final double FADES_IN_SECONDS = 120;

  /** A line that is younger is taken for so old: one job is no rate. */
  private static final double YOUNGEST = 10;

  private static final int MOST_LINES = 1_000;

  private final Map<String, LineRates> lines =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LineRates> eldest) {
          return size() > MOST_LINES;
        }
      };

  /** One more job; {@code seconds} on any clock that goes on. */
  void count(String line, int priority, double seconds) {
    var rates = lines.computeIfAbsent(line, _ -> new LineRates(seconds));
    rates.fade(seconds);
    rates.counts[priority]++;
  }

  /** Jobs of a higher priority in this line. */
  double higherPerSecond(String line, int priority, double seconds) {
    var rates = lines.get(line);
    return rates == null ? 0 : rates.above(priority, seconds);
  }

  /** Of one line. */
  private static final class LineRates {
    private final double[] counts = new double[JobTerms.HIGHEST + 1];
    private final double since;
    private double at;

    LineRates(double since) {
      this.since = since;
      this.at = since;
    }

    void fade(double now) {
      var kept = Math.exp(-Math.max(0, now - at) / FADES_IN_SECONDS);
      for (var priority = JobTerms.LOWEST; priority <= JobTerms.HIGHEST; priority++) {
        counts[priority] *= kept;
      }
      at = now;
    }

    double above(int priority, double now) {
      fade(now);
      var sum = 0.0;
      for (var higher = priority + 1; higher <= JobTerms.HIGHEST; higher++) {
        sum += counts[higher];
      }
      var age = Math.max(YOUNGEST, now - since);
      return sum / (FADES_IN_SECONDS * (1 - Math.exp(-age / FADES_IN_SECONDS)));
    }
  }
}
