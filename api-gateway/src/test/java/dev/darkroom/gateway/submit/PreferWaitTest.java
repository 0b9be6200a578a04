package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PreferWaitTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '^',
      value = {
        "wait=10 > 10",
        "WAIT=10 > 10",
        "wait = 10 > 10",
        "wait=\"10\" > 10",
        "wait=0 > 0",
        "wait=60 > 60",
        "wait=61 > 60",
        "wait=99999999999999999999 > 60",
        "respond-async, wait=10 > 10",
        "respond-async,wait=10;x=y > 10",
        "handling=lenient; a=\"x,wait=9\", wait=10 > 10",
        "foo=\"a\\\"b,wait=9\", wait=10 > 10",
        "wait=10, wait=20 > 10",
        ", ,wait=10 > 10"
      })
  void the_seconds_are_read(String header, int seconds) {
    assertThat(PreferWait.in(List.of(header), MINUTE)).contains(new PreferWait(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wait",
        "wait=",
        "wait=-1",
        "wait=1.5",
        "wait=ten",
        "wait=1 0",
        "waiting=10",
        "respond-async",
        "foo=\"wait=10\"",
        "foo=bar; wait=10",
        "wait=x, wait=10",
        "wait=\"\""
      })
  void what_is_malformed_or_another_preference_is_ignored(String header) {
    assertThat(PreferWait.in(List.of(header), MINUTE)).isEmpty();
  }

  @Test
  void the_first_of_several_lines_counts() {
    assertThat(PreferWait.in(List.of("respond-async", "wait=5", "wait=7"), MINUTE))
        .contains(new PreferWait(5));
  }

  @Test
  @Timeout(2)
  void a_hostile_header_is_read_in_no_time() {
    assertThat(PreferWait.in(List.of("a=\"".repeat(2_500)), MINUTE)).isEmpty();
    assertThat(PreferWait.in(List.of("wait ".repeat(1_600)), MINUTE)).isEmpty();
    assertThat(PreferWait.in(List.of("a".repeat(8_000) + "\""), MINUTE)).isEmpty();
    assertThat(PreferWait.in(List.of("a".repeat(999) + "\""), MINUTE)).isEmpty();
  }
}
