package dev.darkroom.gateway.extras.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.extras.stats.ReadStatsQuery.Reading;
import dev.darkroom.gateway.http.BadField;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadStatsQueryTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:34:56Z");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, 2026-11-22T11:34:00Z, 2026-11-22T12:35:00Z",
        "'', ' ', 2026-11-22T11:34:00Z, 2026-11-22T12:35:00Z",
        "2026-11-22T12:00:00Z, -, 2026-11-22T12:00:00Z, 2026-11-22T12:35:00Z",
        "-, 2026-11-20T01:00:00Z, 2026-11-20T00:00:00Z, 2026-11-20T01:00:00Z",
        "2026-11-22T12:00Z, -, 2026-11-22T12:00:00Z, 2026-11-22T12:35:00Z",
        "2026-11-22T13:00:00 02:00, 2026-11-22T12:00Z, 2026-11-22T11:00:00Z, 2026-11-22T12:00:00Z",
        "2026-11-22T13:00:00+02:00, 2026-11-22T12:00:00.000Z, 2026-11-22T11:00:00Z, 2026-11-22T12:00:00Z"
      })
  void a_range_is_read_and_completed(
      @Nullable String since, @Nullable String until, Instant from, Instant to) {
    assertThat(ReadStatsQuery.of(since, until, NOW))
        .isEqualTo(new Reading.Understood(StatsQuery.covering(from, to)));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "yesterday, -, since",
        "yesterday, tomorrow, until since",
        "2026-11-22, -, since",
        "-, 12:00, until",
        "-, +999999999-01-01T00:00:00Z, until",
        "1969-12-31T23:59:59Z, -, since",
        "9999-12-31T22:00:00Z, 9999-12-31T23:00:00Z, until since",
        "2026-11-22T12:34:56Z, -, since",
        "2026-11-22T13:00:00Z, 2026-11-22T12:00:00Z, since",
        "2026-11-21T12:34:55Z, -, since"
      })
  void every_bad_parameter_is_named(@Nullable String since, @Nullable String until, String fields) {
    var reading = ReadStatsQuery.of(since, until, NOW);

    assertThat(reading).isInstanceOf(Reading.Bad.class);
    assertThat(
            ((Reading.Bad) reading)
                .errors().stream().map(BadField::field).collect(Collectors.joining(" ")))
        .isEqualTo(fields);
  }
}
