package dev.darkroom.ledger.horizon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.horizon.SettledHorizon.Moment;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SettledHorizonTest {
  private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-11-22T12:00:00Z");

  private final SettledHorizon horizon = new SettledHorizon(Duration.ofMinutes(1));

  @Test
  void while_nobody_writes_all_but_the_last_minute_is_settled() {
    assertThat(at(0)).isEqualTo(NOON.minusMinutes(1));
    assertThat(at(5)).isEqualTo(NOON.plusSeconds(5).minusMinutes(1));
  }

  @Test
  void at_first_only_what_is_an_hour_old_is_settled_while_anybody_writes() {
    assertThat(at(0, "1/7")).isEqualTo(NOON.minusHours(1));
  }

  @Test
  void it_moves_on_once_everybody_has_ended_who_wrote_when_it_was_looked_at() {
    at(0, "1/7", "2/4");
    assertThat(at(1, "2/4", "1/8")).as("2/4 still writes").isEqualTo(NOON.minusHours(1));
    assertThat(at(2, "1/8", "2/5")).isEqualTo(NOON.minusMinutes(1));
    assertThat(at(3, "2/5")).as("2/5 still writes").isEqualTo(NOON.minusMinutes(1));
    assertThat(at(4, "2/6")).isEqualTo(NOON.plusSeconds(2).minusMinutes(1));
  }

  @Test
  void it_never_moves_back() {
    at(0);
    assertThat(at(-30)).isEqualTo(NOON.minusMinutes(1));
    assertThat(at(1, "1/7")).isEqualTo(NOON.minusMinutes(1));
  }

  private OffsetDateTime at(int second, String... writers) {
    return horizon.reached(new Moment(NOON.plusSeconds(second), Set.of(writers)));
  }
}
