package dev.darkroom.gateway.extras.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.gateway.extras.stats.StatsReply.Failures;
import dev.darkroom.ledger.statistics.Minute;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SumUpTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @RepeatedTest(50)
  void percentiles_of_many_minutes_lie_within_their_error(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var all = new ArrayList<Long>();
    var minutes = new ArrayList<Minute>();
    for (var minute = 0; minute < 60; minute++) {
      var times = random.longs(random.nextInt(30), 1, 300_000).boxed().toList();
      all.addAll(times);
      minutes.add(minute(minute, times));
    }
    all.sort(null);

    var found = new SumUp(minutes).timeToPicture();

    assertThat(found.pictures()).isEqualTo(all.size());
    assertThat(found.medianSeconds()).isCloseTo(exact(all, 0.5), within(0.025 * exact(all, 0.5)));
    assertThat(found.p95Seconds()).isCloseTo(exact(all, 0.95), within(0.025 * exact(all, 0.95)));
  }

  @Test
  void buckets_without_jobs_are_there_and_say_nothing_of_times() {
    var query = StatsQuery.covering(NOON, NOON.plus(Duration.ofHours(3)));

    var buckets =
        new SumUp(List.of(minute(6, List.of(1_000L)), minute(9, List.of(1_000L, 9_000L, 9_100L))))
            .buckets(query);

    assertThat(buckets).hasSize(36);
    assertThat(buckets.getFirst()).isEqualTo(new StatsReply.Bucket(NOON, 0, 0, 0, null, null));
    assertThat(buckets.get(1).at()).isEqualTo(NOON.plusSeconds(300));
    assertThat(buckets.get(1).submitted()).isEqualTo(4);
    assertThat(buckets.get(1).completed()).isEqualTo(4);
    assertThat(buckets.get(1).medianSeconds()).isCloseTo(1, within(0.025));
    assertThat(buckets.get(1).p95Seconds()).isCloseTo(9.1, within(0.25));
  }

  @Test
  void failures_are_summed_up_by_code_the_most_frequent_first() {
    var one = new Minute(NOON, 0, 0, 3, Map.of(), Map.of("rejected", 1, "outage", 2));
    var other = new Minute(NOON.plusSeconds(60), 0, 0, 4, Map.of(), Map.of("rejected", 4));

    assertThat(new SumUp(List.of(one, other)).failures())
        .containsExactly(new Failures("rejected", 5), new Failures("outage", 2));
  }

  @Test
  void where_nothing_happened_there_is_no_time_to_tell() {
    var times = new SumUp(List.of()).timeToPicture();

    assertThat(times).isEqualTo(new StatsReply.TimeToPicture(0, null, null));
  }

  private static Minute minute(int number, List<Long> millis) {
    var took = new HashMap<Integer, Integer>();
    for (var time : millis) {
      took.merge((int) Math.floor(Math.log((double) time) / Math.log(1.05)), 1, Integer::sum);
    }
    return new Minute(
        NOON.plus(Duration.ofMinutes(number)), millis.size(), millis.size(), 0, took, Map.of());
  }

  /** Nearest rank, in seconds. */
  private static double exact(List<Long> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1) / 1000.0;
  }
}
