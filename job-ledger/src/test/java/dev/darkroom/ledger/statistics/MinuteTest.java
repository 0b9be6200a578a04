package dev.darkroom.ledger.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MinuteTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.05, 1, 7.3, 60, 899.9, 86_400})
  void a_class_lies_within_two_and_a_half_percent_of_the_times_in_it(double seconds) {
    var tookClass = (int) Math.floor(Math.log(seconds * 1000) / Math.log(1.05));

    assertThat(Minute.secondsOf(tookClass)).isCloseTo(seconds, within(seconds * 0.025));
  }
}
