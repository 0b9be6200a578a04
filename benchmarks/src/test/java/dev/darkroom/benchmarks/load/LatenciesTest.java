package dev.darkroom.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LatenciesTest {
  private static final long MILLI = 1_000_000;

  @Test
  void a_percentile_is_one_of_the_values_and_as_many_lie_at_or_below_it() {
    var hundred = Latencies.ofNanos(LongStream.rangeClosed(1, 100).map(i -> (101 - i) * MILLI));
    assertThat(hundred.p50()).isEqualTo(50);
    assertThat(hundred.p99()).isEqualTo(99);
    assertThat(hundred.millis(1)).isEqualTo(100);
    assertThat(hundred.millis(0.001)).isEqualTo(1);
  }

  @Test
  void one_value_is_every_percentile() {
    var one = Latencies.ofNanos(LongStream.of(3 * MILLI));
    assertThat(one.p50()).isEqualTo(3);
    assertThat(one.p99()).isEqualTo(3);
  }

  @Test
  void the_slow_ones_of_one_round_count_among_all_rounds() {
    var quick = Latencies.ofNanos(LongStream.generate(() -> MILLI).limit(99));
    var slow = Latencies.ofNanos(LongStream.of(500 * MILLI));
    var all = Latencies.together(List.of(quick, slow));
    assertThat(all.count()).isEqualTo(100);
    assertThat(all.p99()).isEqualTo(1);
    assertThat(all.millis(1)).isEqualTo(500);
  }

  @Test
  void no_percentile_is_made_up() {
    var none = Latencies.ofNanos(LongStream.empty());
    assertThatIllegalStateException().isThrownBy(none::p50);
    var one = Latencies.ofNanos(LongStream.of(1));
    assertThatIllegalArgumentException().isThrownBy(() -> one.millis(0));
    assertThatIllegalArgumentException().isThrownBy(() -> one.millis(1.1));
  }
}
