package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RoomOnKafkaTest {
  private final RoomOnKafka room = new RoomOnKafka(32);

  @Test
  void there_is_room_for_a_few_jobs_until_the_next_look() {
    assertThat(room.take(30)).isEqualTo(30);
    assertThat(room.take(30)).isEqualTo(2);
    assertThat(room.take(30)).isZero();

    room.looked(32, 0, false, 1);

    assertThat(room.take(1)).as("no worker took one up").isZero();
  }

  @Test
  void what_workers_took_up_makes_room_unless_others_wait_for_it() {
    room.take(32);
    room.looked(10, 0, false, 1);
    assertThat(room.take(100)).isEqualTo(room.size() - 10);

    room.looked(20, 0, true, 1);

    assertThat(room.take(1)).isZero();
  }

  @Test
  void it_grows_to_twice_what_is_taken_up_between_two_looks() {
    room.looked(0, 32, true, 1);
    room.looked(0, 32, true, 1);
    assertThat(room.size()).isEqualTo(64);

    room.looked(0, 64, true, 1);
    assertThat(room.size()).isEqualTo(64);

    room.looked(0, 64, true, 1);
    assertThat(room.size()).isEqualTo(128);
  }

  @Test
  void it_does_not_grow_because_rounds_without_a_look_went_before() {
    room.looked(0, 32, true, 1);

    room.looked(0, 0, false, 4);

    assertThat(room.size()).isEqualTo(32);
  }

  @Test
  void a_single_place_is_scarce_once_it_is_taken() {
    var single = new RoomOnKafka(1);
    assertThat(single.isScarce()).isFalse();

    single.take(1);

    assertThat(single.isScarce()).isTrue();
  }

  @Test
  void it_shrinks_slowly_and_never_below_what_is_there_nor_the_setting() {
    room.looked(0, 32, true, 1);
    room.looked(0, 64, true, 1);
    room.looked(0, 64, true, 1);
    assertThat(room.size()).isEqualTo(128);

    room.looked(64, 64, true, 1);
    assertThat(room.size()).as("all of it is there").isEqualTo(128);

    room.looked(118, 0, false, 1);
    assertThat(room.size()).isEqualTo(118);

    for (var look = 0; look < 40; look++) {
      room.looked(0, 0, false, 1);
    }
    assertThat(room.size()).isEqualTo(32);
  }

  @Test
  void a_flood_makes_no_room_where_no_worker_is() {
    for (var look = 0; look < 10; look++) {
      room.take(1_000);
      room.looked(32, 0, true, 1);
    }

    assertThat(room.size()).isEqualTo(32);
  }

  @Test
  void it_is_scarce_when_half_of_it_is_taken_or_others_wait_for_it() {
    room.take(16);
    assertThat(room.isScarce()).isFalse();

    room.take(1);
    assertThat(room.isScarce()).isTrue();

    room.looked(0, 0, false, 1);
    assertThat(room.isScarce()).isFalse();

    room.looked(0, 1, true, 1);
    assertThat(room.isScarce()).isTrue();
  }

  @Test
  void it_is_looked_at_while_something_was_taken_or_is_there() {
    assertThat(room.isTouched()).isFalse();

    room.take(1);
    assertThat(room.isTouched()).isTrue();

    room.looked(1, 0, false, 1);
    assertThat(room.isTouched()).isTrue();

    room.looked(0, 0, false, 1);
    assertThat(room.isTouched()).isFalse();

    room.looked(0, 0, true, 1);
    assertThat(room.isTouched()).isTrue();
  }
}
