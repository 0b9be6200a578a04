package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.worker.limit.News.Refused;
import dev.darkroom.worker.limit.News.Told;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The rules, at times that are said. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotaTest {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long WINDOW = 15 * MINUTE;

  private long now = 1_763_800_000_123L;
  private Quota quota = Quota.startingAt(60, now);

  @Test
  void permits_in_plenty_are_there_at_once_and_half_of_them_are_left_for_others() {
    var grant = ask("a", 0, 100);

    assertThat(grant.permits()).isEqualTo(30);
    assertThat(grant.startsIn()).isZero();
    assertThat(ask("b", 0, 100).permits()).isEqualTo(7);
  }

  @Test
  void nobody_gets_more_than_it_can_use() {
    assertThat(ask("a", 0, 2).permits()).isEqualTo(2);
  }

  @Test
  void when_the_minutes_calls_are_made_there_are_no_more_until_a_minute_later() {
    var granted = spendAll("a");

    var grant = ask("a", 0, 10);

    assertThat(granted).isEqualTo(60);
    assertThat(grant.permits()).isZero();
    assertThat(grant.startsIn()).isBetween(MINUTE, MINUTE + 2 * SECOND);
    assertThat(grant.used()).isEqualTo(60);
  }

  @Test
  void whoever_waits_keeps_its_place_and_those_behind_follow_one_by_one() {
    var _ = spendAll("a");
    var first = ask("b", 0, 1).startsIn();
    var second = ask("c", 0, 1).startsIn();

    assertThat(second).isGreaterThanOrEqualTo(first);
    now += 10 * SECOND;
    assertThat(ask("b", 0, 1).startsIn()).isEqualTo(first - 10 * SECOND);
    now += first - 10 * SECOND;
    assertThat(ask("b", 0, 1).permits()).isEqualTo(1);
    assertThat(ask("d", 0, 1).startsIn()).isGreaterThan(second - first);
  }

  @Test
  void a_place_that_nobody_comes_for_is_lost() {
    var _ = spendAll("a");
    var first = ask("b", 0, 1).startsIn();

    now += first + 3 * SECOND;

    assertThat(ask("a", 0, 0).permits()).isZero();
    assertThat(quota.leases()).isEmpty();
  }

  @Test
  void what_was_given_back_is_there_for_others() {
    var permits = ask("a", 0, 60).permits();
    var _ = ask("a", 0, 0);

    assertThat(spendAll("b")).isEqualTo(60);
    assertThat(permits).isEqualTo(30);
  }

  @Test
  void permits_of_a_worker_that_died_come_back_a_minute_after_it_could_have_used_them_last() {
    assertThat(ask("dead", 0, 60).permits()).isEqualTo(30);

    assertThat(spendAll("a")).isEqualTo(30);
    now += 8 * SECOND;
    assertThat(ask("a", 0, 0).used()).as("they may have been used").isEqualTo(60);
    now += MINUTE + SECOND;
    assertThat(ask("a", 0, 0).used()).isZero();
    now += MINUTE;
    assertThat(spendAll("a")).isEqualTo(60);
  }

  @Test
  void a_429_takes_a_tenth_of_the_limit_once_and_pauses_everybody() {
    refused("a", 2 * SECOND, 50);
    refused("b", SECOND, 1_500);

    assertThat(quota.limit().now()).isEqualTo(54);
    var grant = ask("c", 0, 1);
    assertThat(grant.startsIn()).isEqualTo(2 * SECOND);
    assertThat(grant.pausedFor()).isEqualTo(2 * SECOND);
    now += 10 * SECOND;
    refused("b", SECOND, 100);
    assertThat(quota.limit().now()).isLessThan(50);
  }

  @Test
  void a_pause_moves_those_who_wait_to_its_end_in_their_order() {
    var _ = spendAll("a");
    var first = ask("b", 0, 1).startsIn();
    var second = ask("c", 0, 1).startsIn();

    refused("a", 30 * SECOND, 10);

    assertThat(ask("b", 0, 1).startsIn()).isEqualTo(first + 30 * SECOND);
    assertThat(ask("c", 0, 1).startsIn()).isEqualTo(second + 30 * SECOND);
  }

  @Test
  void no_pause_is_longer_than_a_minute() {
    refused("a", 60 * MINUTE, 10);

    assertThat(ask("b", 0, 1).startsIn()).isEqualTo(MINUTE);
  }

  @Test
  void what_nebius_grants_is_reached_step_by_step_within_a_minute() {
    told("a", 120, 100, 10);
    assertThat(quota.limit().now()).isEqualTo(60);

    pass(5 * SECOND);
    assertThat(quota.limit().now()).isBetween(65.0, 75.0);
    pass(MINUTE);
    assertThat(quota.limit().now()).isEqualTo(120);
  }

  @Test
  void less_than_before_holds_at_once_unless_a_later_call_heard_better() {
    told("a", 50, 10, 10);
    assertThat(quota.limit().now()).isEqualTo(50);

    told("b", 40, 10, 20 * SECOND);
    assertThat(quota.limit().now()).isEqualTo(50);
  }

  @Test
  void a_limit_that_nobody_tells_is_probed_only_by_who_needs_more() {
    pass(5 * MINUTE);
    assertThat(quota.limit().now()).isEqualTo(60);

    assertThat(spendAll("a")).isEqualTo(60);
    pass(10 * SECOND);
    assertThat(quota.limit().now()).isGreaterThan(60);
  }

  @Test
  void after_quiet_windows_the_limit_is_what_it_was_at_first_as_nebius_takes_back_too() {
    told("a", 180, 100, 10);
    pass(2 * MINUTE);
    assertThat(quota.limit().now()).isEqualTo(180);

    now += WINDOW;
    pass(0);
    assertThat(quota.limit().now()).isEqualTo(120);
    now += 10 * WINDOW;
    pass(0);
    assertThat(quota.limit().now()).isEqualTo(60);
  }

  @Test
  void another_setting_begins_anew_and_the_same_keeps_what_was_learned() {
    told("a", 120, 100, 10);
    pass(2 * MINUTE);

    assertThat(quota.withStart(60, now).limit().now()).isEqualTo(120);
    assertThat(quota.withStart(30, now).limit().now()).isEqualTo(30);
  }

  private Grant ask(String worker, int spent, int wanted) {
    return ask(worker, spent, wanted, News.NONE);
  }

  private Grant ask(String worker, int spent, int wanted, News news) {
    var outcome = quota.answer(new Ask(worker, spent, wanted, news), now);
    quota = outcome.quota();
    return outcome.grant();
  }

  private void refused(String worker, long retryAfter, long age) {
    var _ = ask(worker, 0, 0, new News(null, new Refused(retryAfter, age)));
  }

  private void told(String worker, int limit, int remaining, long age) {
    var _ = ask(worker, 0, 0, new News(new Told(limit, remaining, age), null));
  }

  /** Time in which somebody asks every second. */
  private void pass(long millis) {
    for (var end = now + millis; now < end; now += SECOND) {
      var _ = ask("z", 0, 0);
    }
    var _ = ask("z", 0, 0);
  }

  /** Makes all the calls that may be made now. */
  private int spendAll(String worker) {
    var spent = 0;
    while (true) {
      var grant = ask(worker, spent == 0 ? 0 : lastGrant, 60);
      if (grant.permits() == 0 || grant.startsIn() > 0) {
        var _ = ask(worker, 0, 0);
        return spent;
      }
      lastGrant = grant.permits();
      spent += lastGrant;
    }
  }

  private int lastGrant;
}
