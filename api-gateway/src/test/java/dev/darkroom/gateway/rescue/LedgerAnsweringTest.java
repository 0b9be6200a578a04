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
class LedgerAnsweringTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final TickingClock clock = new TickingClock();
  private final LedgerAnswering answering = new LedgerAnswering(clock);

  @Test
  void a_ledger_that_was_never_asked_has_not_answered() {
    assertThat(answering.hasFor(Duration.ZERO)).isFalse();
  }

  @Test
  void it_has_to_answer_for_as_long_as_asked() {
    assertThat(answering.ask(() -> "yes")).isEqualTo("yes");
    assertThat(answering.hasFor(Duration.ZERO)).isTrue();

    clock.tick(GRACE.minusMillis(1));
    answering.ask(() -> "yes");
    assertThat(answering.hasFor(GRACE)).isFalse();

    clock.tick(Duration.ofMillis(1));
    assertThat(answering.hasFor(GRACE)).isTrue();
  }

  @Test
  void a_failure_begins_the_time_anew() {
    answering.ask(() -> "yes");
    clock.tick(GRACE);
    assertThatThrownBy(() ->
            answering.ask(() -> {
              throw new IllegalStateException("away");
            }))
        .hasMessage("away");
    assertThat(answering.hasFor(Duration.ZERO)).isFalse();

    answering.ask(() -> "yes");
    assertThat(answering.hasFor(Duration.ZERO)).isTrue();
    assertThat(answering.hasFor(GRACE)).isFalse();
  }

  @Test
  void an_answer_that_took_long_begins_it_anew_as_well() {
    answering.ask(() -> "yes");
    clock.tick(GRACE);
    answering.ask(() -> {
      clock.tick(Duration.ofMillis(1001));
      return "at last";
    });

    assertThat(answering.hasFor(Duration.ZERO)).isTrue();
    assertThat(answering.hasFor(Duration.ofMillis(1))).isFalse();
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
