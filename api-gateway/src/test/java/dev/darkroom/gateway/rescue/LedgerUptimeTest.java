package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.gateway.access.required.SettableClock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerUptimeTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final SettableClock clock = new SettableClock();
  private final LedgerUptime uptime = new LedgerUptime(clock);

  @Test
  void a_ledger_that_was_never_asked_has_not_answered() {
    assertThat(uptime.hasLasted(Duration.ZERO)).isFalse();
  }

  @Test
  void it_has_to_answer_for_as_long_as_asked() {
    assertThat(uptime.ask(() -> "yes")).isEqualTo("yes");
    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();

    clock.advance(GRACE.minusMillis(1));
    uptime.ask(() -> "yes");
    assertThat(uptime.hasLasted(GRACE)).isFalse();

    clock.advance(Duration.ofMillis(1));
    assertThat(uptime.hasLasted(GRACE)).isTrue();
  }

  @Test
  void a_failure_begins_the_time_anew() {
    uptime.ask(() -> "yes");
    clock.advance(GRACE);
    assertThatThrownBy(() ->
            uptime.ask(() -> {
              throw new IllegalStateException("away");
            }))
        .hasMessage("away");
    assertThat(uptime.hasLasted(Duration.ZERO)).isFalse();

    uptime.ask(() -> "yes");
    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();
    assertThat(uptime.hasLasted(GRACE)).isFalse();
  }

  @Test
  void an_answer_that_took_long_begins_it_anew_as_well() {
    uptime.ask(() -> "yes");
    clock.advance(GRACE);
    uptime.ask(() -> {
      clock.advance(Duration.ofMillis(1001));
      return "at last";
    });

    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();
    assertThat(uptime.hasLasted(Duration.ofMillis(1))).isFalse();
  }
}
