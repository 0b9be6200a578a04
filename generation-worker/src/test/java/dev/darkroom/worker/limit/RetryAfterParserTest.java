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
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RetryAfterParserTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "retry-after                | 7                              | PT7S",
        "retry-after                | 0                              | PT0S",
        "retry-after                | 1.5                            | PT1.5S",
        "retry-after                | .5                             | PT0.5S",
        "retry-after                | 3600                           | PT1M",
        "retry-after                | 999999999999999999             | PT1M",
        "retry-after                | Sun, 22 Nov 2026 12:00:09 GMT  | PT9S",
        "retry-after                | Sun, 22 Nov 2026 14:00:09 +0200 | PT9S",
        "retry-after                | Sunday, 22-Nov-26 12:00:09 GMT | PT9S",
        "retry-after                | Sun Nov 22 12:00:09 2026       | PT9S",
        "retry-after                | Sun, 22 Nov 2026 11:00:00 GMT  | PT0S",
        "retry-after                | Sun, 22 Nov 2026 23:00:00 GMT  | PT1M",
        "retry-after                | 3s                             | PT3S",
        "retry-after-ms             | 250                            | PT0.25S",
        "x-ratelimit-reset-requests | 2s                             | PT2S",
        "x-ratelimit-reset-requests | 250ms                          | PT0.25S",
        "x-ratelimit-reset-requests | 0m30s                          | PT30S",
        "x-ratelimit-reset-requests | 1m30s                          | PT1M",
        "x-ratelimit-reset-requests | 1.2s                           | PT1.2S",
        "x-ratelimit-reset-requests | 1h                             | PT1M",
        "x-ratelimit-reset-requests | 12                             | PT12S"
      })
  void every_form_is_read_up_to_a_minute(String name, String value, Duration wait) {
    assertThat(RetryAfterParser.parse(Map.of(name, value)::get, NOON)).hasValue(wait);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-5", "soon", "1e9", "NaN", "1,5", "--", "Sun, 99 Nov 2026", "s", "٣"})
  void what_can_not_be_read_was_not_said(String value) {
    for (var name : new String[] {"retry-after", "retry-after-ms", "x-ratelimit-reset-requests"}) {
      assertThat(RetryAfterParser.parse(Map.of(name, value)::get, NOON)).isEmpty();
    }
  }

  @Test
  void the_most_exact_of_several_goes_first_and_what_is_unreadable_is_passed_over() {
    assertThat(
            RetryAfterParser.parse(Map.of("retry-after", "2", "retry-after-ms", "1500")::get, NOON))
        .hasValue(Duration.ofMillis(1500));
    assertThat(
            RetryAfterParser.parse(
                Map.of("retry-after", "soon", "x-ratelimit-reset-requests", "3s")::get, NOON))
        .hasValue(Duration.ofSeconds(3));
  }
}
