package dev.darkroom.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScheduleTest {
  private static final List<ChaosFault> ALL = List.of(ChaosFault.values());
  private static final int KINDS = ALL.size();

  @Test
  void every_fault_plays_once_in_each_round() {
    var played = firstOf(1, 3 * KINDS);
    for (int round = 0; round < 3; round++) {
      assertThat(played.subList(round * KINDS, (round + 1) * KINDS))
          .containsExactlyInAnyOrderElementsOf(ALL);
    }
  }

  @Test
  void a_seed_gives_the_same_order_again_and_another_seed_another() {
    assertThat(firstOf(1, KINDS)).isEqualTo(firstOf(1, KINDS)).isNotEqualTo(firstOf(2, KINDS));
  }

  private static List<ChaosFault> firstOf(long seed, int count) {
    return Stream.generate(new Schedule(ALL, new Random(seed))::next).limit(count).toList();
  }
}
