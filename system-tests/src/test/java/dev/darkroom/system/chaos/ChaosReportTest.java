package dev.darkroom.system.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.promises.Promise;
import dev.darkroom.system.promises.Promise.Breach;
import dev.darkroom.system.promises.Promises;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ChaosReportTest {
  private static final Evidence NOTHING =
      new Evidence(Instant.EPOCH, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  @Test
  void the_longest_recovery_of_each_fault_is_told() {
    var played =
        List.of(
            new Played(ChaosFault.KILL_WORKER, Duration.ofMillis(9_000), Duration.ofMillis(5_120)),
            new Played(ChaosFault.KILL_WORKER, Duration.ofMillis(8_000), Duration.ofMillis(6_240)));
    assertThat(ChaosReport.of(7, played, NOTHING, List.of()).table())
        .contains("seed 7", "| faults played | 2 |", "| kill worker | 2 | 9.0 | 6.2 |")
        .contains("| kill gateway | 0 | – | – |");
  }

  static List<Promise> promises() {
    return Promises.all();
  }

  @ParameterizedTest
  @MethodSource("promises")
  void a_breach_of_any_promise_shows(Promise promise) {
    var sound = ChaosReport.of(7, List.of(), NOTHING, List.of()).table();
    var broken = List.of(new Breach(promise.name(), "it is broken", null));
    assertThat(ChaosReport.of(7, List.of(), NOTHING, broken).table()).isNotEqualTo(sound);
  }
}
