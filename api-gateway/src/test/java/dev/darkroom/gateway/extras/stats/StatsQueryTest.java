package dev.darkroom.gateway.extras.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatsQueryTest {
  @ParameterizedTest
  @CsvSource({
    "PT1S, 60, 1",
    "PT1H, 60, 61",
    "PT2H, 60, 121",
    "PT2H1S, 300, 25",
    "PT10H, 300, 121",
    "PT10H1S, 900, 41",
    "PT24H, 900, 97"
  })
  void the_size_of_buckets_follows_the_range(Duration range, long seconds, int buckets) {
    var until = Instant.parse("2026-11-22T12:34:56.789Z");

    var query = StatsQuery.covering(until.minus(range), until);

    assertThat(query.bucket()).hasSeconds(seconds);
    assertThat(query.buckets()).hasSize(buckets);
    assertThat(query.since()).isBeforeOrEqualTo(until.minus(range));
    assertThat(query.until()).isAfterOrEqualTo(until);
    assertThat(query.buckets()).allMatch(at -> at.getEpochSecond() % seconds == 0);
  }

  @Test
  void a_range_of_whole_buckets_stays_as_it_is() {
    var since = Instant.parse("2026-11-22T11:00:00Z");
    var until = Instant.parse("2026-11-22T12:00:00Z");

    assertThat(StatsQuery.covering(since, until))
        .isEqualTo(new StatsQuery(since, until, Duration.ofMinutes(1)));
  }
}
