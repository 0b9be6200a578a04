package dev.darkroom.gateway.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.stats.StatsReply.State;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgeNebiusTest {
  /** Attempts are written latest first: + went well, letters failed. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "+, well, -",
        "++++++++++a+++++++++, well, -",
        "++++++++++a+++b+++++, struggling, a",
        "++a, struggling, a",
        "a, struggling, a",
        "ab, struggling, a",
        "a+b, struggling, a",
        "abc, away, a",
        "abc+++++++++++++++++, away, a",
        "abcdefghijklmnopqrst, away, a",
        "+abc, struggling, a"
      })
  void the_latest_attempts_tell_how_nebius_is(
      String attempts, String state, @Nullable String reason) {
    List<Answered> latest =
        attempts
            .chars()
            .mapToObj(c -> new Answered(c == '+' ? null : Character.toString(c)))
            .toList();

    var nebius = JudgeNebius.by(latest, List.of("rate_limited"));

    assertThat(nebius.state().word()).isEqualTo(state);
    assertThat(nebius.reason()).isEqualTo(reason);
  }

  @Test
  void where_nobody_called_lately_it_is_idle_unless_jobs_wait_for_it() {
    assertThat(JudgeNebius.by(List.of(), List.of()).state()).isEqualTo(State.IDLE);
    assertThat(JudgeNebius.by(List.of(), List.of("picture_not_stored")).state())
        .isEqualTo(State.IDLE);
    assertThat(JudgeNebius.by(List.of(), List.of("withdrawn", "rate_limited")).state())
        .isEqualTo(State.AWAY);
  }
}
