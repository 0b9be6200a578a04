package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * A range of whole minutes within the last hour. Longer ranges are for Prometheus.
 *
 * @param since the beginning of the first minute
 * @param until the end of the last one
 */
record StatsRange(Instant since, Instant until) {
  static final Duration BUCKET = Duration.ofMinutes(1);

  private static final Duration LONGEST = Duration.ofHours(1);

  static Parsed<StatsRange> of(HttpServletRequest request, Instant now) {
    var parameters = new RequestParameters(request);
    var until = parameters.instant("until").orElse(now);
    var since = parameters.instant("since").orElse(now.minus(LONGEST));
    // a minute more, as clocks differ and requests take time
    if (since.isBefore(now.minus(LONGEST).minus(BUCKET))) {
      parameters.reject("since", "must be within the last hour; use Prometheus for earlier times");
    } else if (until.isAfter(now.plus(BUCKET))) {
      parameters.reject("until", "must not be in the future");
    } else if (!since.isBefore(until)) {
      parameters.reject("since", "must be before until, which is now by default");
    }
    return parameters.parsed(() -> covering(since, until));
  }

  private static StatsRange covering(Instant since, Instant until) {
    return new StatsRange(
        since.truncatedTo(ChronoUnit.MINUTES),
        until.minusNanos(1).truncatedTo(ChronoUnit.MINUTES).plus(BUCKET));
  }

  Stream<Instant> buckets() {
    return Stream.iterate(since, begin -> begin.isBefore(until), begin -> begin.plus(BUCKET));
  }
}
