package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DispatchWindowTest {
  private final DispatchWindow window = new DispatchWindow(32);

  @Test
  void there_is_room_for_a_few_jobs_until_the_next_look() {
    assertThat(window.take(30)).isEqualTo(30);
    assertThat(window.take(30)).isEqualTo(2);
    assertThat(window.take(30)).isZero();

    window.looked(32, 0, false);

    assertThat(window.take(1)).as("no worker claimed one").isZero();
  }

  @Test
  void what_workers_claimed_makes_room_unless_others_wait_for_it() {
    window.take(32);
    window.looked(10, 0, false);
    assertThat(window.take(100)).isEqualTo(window.size() - 10);

    window.looked(20, 0, true);

    assertThat(window.take(1)).isZero();
  }

  @Test
  void it_grows_to_twice_what_is_claimed_between_two_looks() {
    window.looked(0, 32, true);
    window.looked(0, 32, true);
    assertThat(window.size()).isEqualTo(64);

    window.looked(0, 64, true);
    assertThat(window.size()).isEqualTo(64);

    window.looked(0, 64, true);
    assertThat(window.size()).isEqualTo(128);
  }

  @Test
  void a_few_jobs_are_to_spare_when_others_wait() {
    assertThat(window.spare()).isEqualTo(32);

    window.looked(0, 32, true);

    assertThat(window.spare()).isEqualTo(4);
  }

  @Test
  void a_single_place_is_scarce_once_it_is_taken() {
    var single = new DispatchWindow(1);
    assertThat(single.isScarce()).isFalse();

    single.take(1);

    assertThat(single.isScarce()).isTrue();
  }

  @Test
  void it_shrinks_slowly_and_never_below_what_is_there_nor_the_setting() {
    window.looked(0, 32, true);
    window.looked(0, 64, true);
    window.looked(0, 64, true);
    assertThat(window.size()).isEqualTo(128);

    window.looked(64, 64, true);
    assertThat(window.size()).as("all of it is there").isEqualTo(128);

    window.looked(118, 0, false);
    assertThat(window.size()).isEqualTo(118);

    for (var look = 0; look < 40; look++) {
      window.looked(0, 0, false);
    }
    assertThat(window.size()).isEqualTo(32);
  }

  @Test
  void a_flood_makes_no_room_where_no_worker_is() {
    for (var look = 0; look < 10; look++) {
      window.take(1_000);
      window.looked(32, 0, true);
    }

    assertThat(window.size()).isEqualTo(32);
  }

  @Test
  void it_is_scarce_when_half_of_it_is_taken_or_others_wait_for_it() {
    window.take(16);
    assertThat(window.isScarce()).isFalse();

    window.take(1);
    assertThat(window.isScarce()).isTrue();

    window.looked(0, 0, false);
    assertThat(window.isScarce()).isFalse();

    window.looked(0, 1, true);
    assertThat(window.isScarce()).isTrue();
  }

  /** Room was once lost until the next look, where jobs were not accepted after all. */
  @Test
  void room_that_was_not_used_is_given_back() {
    window.take(32);

    window.giveBack(30);

    assertThat(window.take(100)).isEqualTo(30);
  }

  @Test
  void room_that_is_given_back_is_not_taken_for_jobs_that_were_claimed() {
    window.take(32);
    window.giveBack(32);

    window.looked(0, 0, false);

    assertThat(window.size()).isEqualTo(32);
  }
}
