package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerUptimeTest {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(11);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private long nanos = Long.MAX_VALUE; // overflows at once, as it may
  private Instant ledgerTime = Instant.parse("2026-11-29T12:00:00Z");
  private final LedgerUptime uptime =
      new LedgerUptime(() -> ledgerTime, LONGEST_SILENCE, () -> nanos);

  @Test
  void a_ledger_that_was_never_asked_has_not_answered_for_any_time() {
    assertThat(uptime.hasLasted(MOMENT)).isFalse();
  }

  @Test
  void it_has_to_answer_for_as_long_as_asked() {
    assertThat(uptime.ask(() -> "yes")).isEqualTo("yes");
    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();

    pass(GRACE.minus(MOMENT));
    assertThat(uptime.hasLasted(GRACE)).isFalse();

    pass(MOMENT);
    assertThat(uptime.hasLasted(GRACE)).isTrue();
  }

  @Test
  void a_failure_begins_the_time_anew() {
    answerForLong();
    assertThatThrownBy(() ->
            uptime.ask(() -> {
              throw new IllegalStateException("away");
            }))
        .hasMessage("away");

    pass(MOMENT);
    assertThat(uptime.hasLasted(MOMENT)).isFalse();
  }

  @Test
  void an_answer_that_took_long_begins_it_anew_as_well() {
    answerForLong();
    uptime.ask(() -> {
      pass(Duration.ofMillis(1001));
      return "at last";
    });

    assertThat(uptime.hasLasted(MOMENT)).isFalse();
  }

  @Test
  void so_does_a_time_in_which_nobody_asked() {
    answerForLong();
    pass(LONGEST_SILENCE);
    assertThat(uptime.hasLasted(GRACE)).as("a slow round").isTrue();

    pass(LONGEST_SILENCE.plus(MOMENT));
    assertThat(uptime.hasLasted(MOMENT)).as("all processes were frozen").isFalse();
  }

  /** All leases have lapsed then, and all calls under way would be bought again. */
  @Test
  void so_does_a_time_that_only_the_ledger_s_clock_knows_of() {
    answerForLong();
    ledgerTime = ledgerTime.plusSeconds(60);

    assertThat(uptime.hasLasted(MOMENT)).isFalse();
    pass(GRACE);
    assertThat(uptime.hasLasted(GRACE)).as("workers have renewed their leases").isTrue();
  }

  @Test
  void a_small_correction_of_the_ledger_s_clock_does_not() {
    answerForLong();
    ledgerTime = ledgerTime.plusSeconds(2);
    assertThat(uptime.hasLasted(GRACE)).isTrue();
  }

  @Test
  void nor_does_a_clock_that_is_put_back_but_putting_it_right_does() {
    answerForLong();
    ledgerTime = ledgerTime.minusSeconds(3600);
    assertThat(uptime.hasLasted(GRACE)).isTrue();

    ledgerTime = ledgerTime.plusSeconds(3600);
    assertThat(uptime.hasLasted(MOMENT)).isFalse();
  }

  private void answerForLong() {
    uptime.ask(() -> "yes");
    pass(GRACE);
    assertThat(uptime.hasLasted(GRACE)).isTrue();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    ledgerTime = ledgerTime.plus(time);
  }
}
