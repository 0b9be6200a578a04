package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadHeadersTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

  @Test
  void limit_and_remainder_are_whole_numbers() {
    var headers =
        Map.of("x-ratelimit-limit-requests", " 72", "x-ratelimit-remaining-requests", "0");

    assertThat(ReadHeaders.limit(headers::get)).hasValue(72);
    assertThat(ReadHeaders.remaining(headers::get)).hasValue(0);
  }

  @ParameterizedTest
  @CsvSource({"-1", "60/min", "''", "99999999999"})
  void what_is_none_was_not_said(String value) {
    assertThat(ReadHeaders.limit(Map.of("x-ratelimit-limit-requests", value)::get)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7                             | PT7S",
        "0                             | PT0S",
        "Sun, 22 Nov 2026 12:00:09 GMT | PT9S",
        "soon                          | PT1S",
        "-5                            | PT1S"
      })
  void the_wait_is_in_seconds_or_until_a_date(String value, Duration wait) {
    assertThat(ReadHeaders.retryAfter(Map.of("retry-after", value)::get, NOON)).isEqualTo(wait);
  }

  @Test
  void without_a_word_a_second_is_waited() {
    assertThat(ReadHeaders.retryAfter(_ -> null, NOON)).isEqualTo(Duration.ofSeconds(1));
  }
}
