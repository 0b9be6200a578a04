package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerUptimeTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final TickingClock clock = new TickingClock();
  private final LedgerUptime uptime = new LedgerUptime(clock);

  @Test
  void a_ledger_that_was_never_asked_has_not_answered() {
    assertThat(uptime.hasLasted(Duration.ZERO)).isFalse();
  }

  @Test
  void it_has_to_answer_for_as_long_as_asked() {
    assertThat(uptime.ask(() -> "yes")).isEqualTo("yes");
    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();

    clock.tick(GRACE.minusMillis(1));
    uptime.ask(() -> "yes");
    assertThat(uptime.hasLasted(GRACE)).isFalse();

    clock.tick(Duration.ofMillis(1));
    assertThat(uptime.hasLasted(GRACE)).isTrue();
  }

  @Test
  void a_failure_begins_the_time_anew() {
    uptime.ask(() -> "yes");
    clock.tick(GRACE);
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
    clock.tick(GRACE);
    uptime.ask(() -> {
      clock.tick(Duration.ofMillis(1001));
      return "at last";
    });

    assertThat(uptime.hasLasted(Duration.ZERO)).isTrue();
    assertThat(uptime.hasLasted(Duration.ofMillis(1))).isFalse();
  }

  private static final class TickingClock extends Clock {
    private Instant now = Instant.EPOCH;

    void tick(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
