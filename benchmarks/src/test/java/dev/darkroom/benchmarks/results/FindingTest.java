package dev.darkroom.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FindingTest {
  @Test
  void a_target_for_the_ratio_is_compared_with_the_ratio() {
    assertThat(found(600, 1_000.0, BenchmarkTarget.ratioAtLeast(0.6)).met()).isTrue();
    assertThat(found(599, 1_000.0, BenchmarkTarget.ratioAtLeast(0.6)).met()).isFalse();
    assertThat(found(2, 1.0, BenchmarkTarget.ratioAtMost(2)).met()).isTrue();
    assertThat(found(2.01, 1.0, BenchmarkTarget.ratioAtMost(2)).met()).isFalse();
  }

  @Test
  void a_target_for_the_value_is_compared_with_the_value_whatever_the_floor() {
    assertThat(found(1_100, null, BenchmarkTarget.atLeast(1_100)).met()).isTrue();
    assertThat(found(331, 331.0, BenchmarkTarget.atMost(330)).met()).isFalse();
  }

  @Test
  void without_a_target_nothing_is_met_or_missed() {
    assertThat(found(1, 2.0, null).met()).isNull();
    assertThat(found(1, 2.0, null).ratio()).isEqualTo(0.5);
  }

  @Test
  void a_ratio_without_a_floor_and_a_number_that_is_none_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> found(1, null, BenchmarkTarget.ratioAtMost(2)));
    assertThatIllegalArgumentException().isThrownBy(() -> found(Double.NaN, null, null));
  }

  @Test
  void the_median_of_rounds_leaves_out_the_disturbed_one() {
    assertThat(Findings.median(List.of(10, 900, 11), Integer::doubleValue)).isEqualTo(11);
    assertThat(Findings.median(List.of(10, 12), Integer::doubleValue)).isEqualTo(11);
  }

  private static Finding found(
      double value, @Nullable Double floor, @Nullable BenchmarkTarget target) {
    return new Finding("accept", "jobs", "/s", value, floor, target);
  }
}
