package dev.darkroom.gateway.extras.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is asked for, in whole buckets.
 *
 * @param since the beginning of the first bucket
 * @param until the end of the last one
 */
record StatsQuery(Instant since, Instant until, Duration bucket) {
  /** As many buckets as a chart has room for. */
  private static final int MOST_BUCKETS = 120;

  private static final List<Duration> SIZES = Stream.of(1, 5, 15).map(Duration::ofMinutes).toList();

  /** Widens the range to whole buckets of the smallest size of which there are not too many. */
  static StatsQuery covering(Instant since, Instant until) {
    var range = Duration.between(since, until);
    var bucket =
        SIZES.stream()
            .filter(size -> size.multipliedBy(MOST_BUCKETS).compareTo(range) >= 0)
            .findFirst()
            .orElse(SIZES.getLast());
    var begin = beginOf(bucket, since);
    var last = beginOf(bucket, until.minusNanos(1));
    return new StatsQuery(begin, last.plus(bucket), bucket);
  }

  /** The beginning of the bucket that this time lies in. */
  Instant beginOf(Instant time) {
    return beginOf(bucket, time);
  }

  Stream<Instant> buckets() {
    return Stream.iterate(since, begin -> begin.isBefore(until), begin -> begin.plus(bucket));
  }

  private static Instant beginOf(Duration bucket, Instant time) {
    var seconds = time.getEpochSecond();
    return Instant.ofEpochSecond(seconds - Math.floorMod(seconds, bucket.toSeconds()));
  }
}
