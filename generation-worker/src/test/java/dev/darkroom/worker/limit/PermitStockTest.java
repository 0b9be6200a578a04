package dev.darkroom.worker.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.worker.limit.News.Refused;
import dev.darkroom.worker.limit.News.Told;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PermitStockTest {
  private static final long NOON = SECONDS.toNanos(1_000_000);

  private final PermitStock stock = new PermitStock("a", NOON);

  @Test
  void permits_are_asked_for_as_soon_as_there_is_a_use_for_them() {
    assertThat(stock.askIn(NOON, 0)).isEqualTo(PermitStock.NEVER);
    assertThat(stock.askIn(NOON, 4)).isZero();
    assertThat(stock.ask(NOON, 4)).isEqualTo(new Ask("a", 0, 4, News.NONE));
    assertThat(stock.askIn(NOON, 4)).as("while the answer is awaited").isEqualTo(PermitStock.NEVER);
  }

  @Test
  void permits_lapse_and_are_then_given_back() {
    granted(3, 0);

    assertThat(stock.usable(NOON)).isEqualTo(3);
    assertThat(stock.usable(NOON + SECONDS.toNanos(4))).isEqualTo(3);
    assertThat(stock.usable(NOON + SECONDS.toNanos(5))).isZero();
    assertThat(stock.askIn(NOON, 4)).isEqualTo(SECONDS.toNanos(5));
    assertThat(stock.ask(NOON + SECONDS.toNanos(5), 4).spent()).isZero();
    assertThat(stock.usable(NOON)).isZero();
  }

  @Test
  void permits_for_later_wait_for_their_time() {
    granted(1, 700);

    assertThat(stock.usable(NOON)).isZero();
    assertThat(stock.usableIn(NOON)).isEqualTo(MILLISECONDS.toNanos(700));
    assertThat(stock.usable(NOON + MILLISECONDS.toNanos(700))).isEqualTo(1);
  }

  @Test
  void the_last_permit_used_asks_for_the_next() {
    granted(2, 0);

    stock.spend(1);
    assertThat(stock.askIn(NOON, 4)).isPositive();
    stock.spend(1);
    assertThat(stock.askIn(NOON, 4)).isZero();
    assertThat(stock.ask(NOON, 4).spent()).isEqualTo(2);
  }

  @Test
  void a_worker_without_room_still_tells_what_it_has_used() {
    granted(1, 0);
    stock.spend(1);

    assertThat(stock.askIn(NOON, 0)).isEqualTo(MILLISECONDS.toNanos(250));
  }

  @Test
  void a_429_is_told_at_once_and_everything_else_with_it() {
    granted(2, 0);
    stock.told(60, 5, NOON - SECONDS.toNanos(9));
    stock.told(72, 9, NOON - SECONDS.toNanos(3));
    stock.told(60, 7, NOON - SECONDS.toNanos(8));
    stock.refused(Duration.ofSeconds(3), NOON - SECONDS.toNanos(1));
    stock.refused(Duration.ofSeconds(2), NOON - SECONDS.toNanos(2));

    assertThat(stock.askIn(NOON, 0)).isZero();
    assertThat(stock.ask(NOON, 0).news())
        .isEqualTo(new News(new Told(72, 5, 3_000), new Refused(3_000, 1_000)));
  }

  @Test
  void a_place_in_the_line_is_come_for_when_its_turn_is() {
    var _ = stock.ask(NOON, 4);
    stock.granted(new Grant(0, 9_000, 0, 60, 60, 0));

    assertThat(stock.askIn(NOON, 4)).isEqualTo(SECONDS.toNanos(9));
    assertThat(stock.askIn(NOON, 0))
        .as("a pause may be about to end")
        .isEqualTo(SECONDS.toNanos(10));
  }

  @Test
  void who_had_no_use_for_its_permit_rests_while_others_are_short_of_them() {
    var _ = stock.ask(NOON, 4);
    stock.granted(new Grant(1, 0, 5_000, 60, 59, 0));

    var lapsed = NOON + SECONDS.toNanos(5);
    assertThat(stock.ask(lapsed, 4).wanted()).isZero();
    stock.granted(new Grant(0, 0, 0, 60, 59, 0));
    assertThat(stock.askIn(lapsed, 4)).isEqualTo(SECONDS.toNanos(5));
  }

  @Test
  void what_the_ledger_did_not_hear_is_told_again_a_second_later() {
    granted(2, 0);
    stock.spend(2);
    stock.refused(Duration.ofSeconds(3), NOON - SECONDS.toNanos(1));

    stock.failed(stock.ask(NOON, 4), NOON);

    assertThat(stock.usable(NOON)).isZero();
    assertThat(stock.askIn(NOON, 4)).isEqualTo(SECONDS.toNanos(1));
    var later = stock.ask(NOON + SECONDS.toNanos(1), 4);
    assertThat(later.spent()).isEqualTo(2);
    assertThat(later.news().refused()).isEqualTo(new Refused(3_000, 2_000));
  }

  private void granted(int permits, long startsIn) {
    var _ = stock.ask(NOON, 4);
    stock.granted(new Grant(permits, startsIn, 5_000, 60, 0, 0));
  }
}
