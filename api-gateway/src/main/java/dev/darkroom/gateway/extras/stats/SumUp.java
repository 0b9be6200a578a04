package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.extras.stats.StatsReply.Bucket;
import dev.darkroom.gateway.extras.stats.StatsReply.Failures;
import dev.darkroom.gateway.extras.stats.StatsReply.TimeToPicture;
import dev.darkroom.ledger.statistics.Minute;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sums up the minutes of a range. */
record SumUp(List<Minute> minutes) {
  private static final double MEDIAN = 0.5;
  private static final double P95 = 0.95;

  TimeToPicture timeToPicture() {
    var times = times(minutes);
    return new TimeToPicture(
        times.pictures(), orNull(times.seconds(MEDIAN)), orNull(times.seconds(P95)));
  }

  List<Bucket> buckets(StatsQuery query) {
    var byBucket =
        minutes.stream().collect(Collectors.groupingBy(minute -> query.beginOf(minute.at())));
    return query.buckets().map(at -> bucket(at, byBucket.getOrDefault(at, List.of()))).toList();
  }

  /** Most frequent first. */
  List<Failures> failures() {
    var sums = new TreeMap<String, Integer>();
    minutes.forEach(
        minute -> minute.failures().forEach((code, jobs) -> sums.merge(code, jobs, Integer::sum)));
    return sums.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(entry -> new Failures(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static Bucket bucket(Instant at, List<Minute> minutes) {
    var times = times(minutes);
    return new Bucket(
        at,
        sum(minutes, Minute::submitted),
        sum(minutes, Minute::completed),
        sum(minutes, Minute::failed),
        orNull(times.seconds(MEDIAN)),
        orNull(times.seconds(P95)));
  }

  private static int sum(List<Minute> minutes, ToIntFunction<Minute> of) {
    return minutes.stream().mapToInt(of).sum();
  }

  private static Times times(List<Minute> minutes) {
    var times = new Times();
    minutes.forEach(minute -> times.add(minute.took()));
    return times;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
