package dev.darkroom.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.simulator.QuotaRules.Counting;
import dev.darkroom.simulator.RequestQuota.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RequestQuotaTest {
  private final TestingInstantSource clock = new TestingInstantSource();
  private RequestQuota quota = new RequestQuota(QuotaRules.perMinute(60), clock);

  private static final class TestingInstantSource extends Clock {
    private Instant now = Instant.parse("2026-11-22T12:00:30Z");

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
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_minutes_requests_may_come_at_once_and_then_none(Counting counting) {
    quota = new RequestQuota(QuotaRules.perMinute(60).counting(counting), clock);

    assertThat(admitted(61)).isEqualTo(60);
    assertThat(quota.refused()).isEqualTo(1);
  }

  @Test
  void in_any_minute_the_first_has_to_be_a_minute_old_before_another_may_come() {
    admitted(1);
    pass(Duration.ofSeconds(10));
    admitted(59);

    assertThat(quota.admit().retryAfter()).isEqualTo(Duration.ofSeconds(50));
    pass(Duration.ofSeconds(50));
    assertThat(admitted(60)).isEqualTo(1);
  }

  @Test
  void with_the_clocks_next_minute_there_are_as_many_again() {
    quota = new RequestQuota(QuotaRules.perMinute(60).counting(Counting.CLOCK_MINUTE), clock);
    admitted(60);

    assertThat(quota.admit().retryAfter()).isEqualTo(Duration.ofSeconds(30));
    pass(Duration.ofSeconds(30));
    assertThat(admitted(61)).isEqualTo(60);
  }

  @Test
  void a_bucket_is_filled_evenly() {
    quota = new RequestQuota(QuotaRules.perMinute(60).counting(Counting.TOKEN_BUCKET), clock);
    admitted(60);

    assertThat(quota.admit().retryAfter()).isEqualTo(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(3));
    assertThat(admitted(60)).isEqualTo(3);
    pass(Duration.ofHours(1));
    assertThat(quota.admit().remaining()).isEqualTo(59);
  }

  @Test
  void headers_say_what_is_granted_and_what_remains() {
    admitted(59);

    assertThat(quota.admit().headers())
        .containsEntry("x-ratelimit-limit-requests", "60")
        .containsEntry("x-ratelimit-remaining-requests", "0")
        .containsEntry("x-ratelimit-reset-requests", "60s");
    assertThat(quota.admit().admitted()).isFalse();
  }

  @Test
  void a_window_that_was_used_by_four_fifths_raises_the_limit_by_a_fifth() {
    use(0.8);
    assertThat(quota.limit()).isEqualTo(72);
    use(0.8);
    assertThat(quota.limit()).isEqualTo(86);
    use(0.79);
    assertThat(quota.limit()).isEqualTo(86);
  }

  @Test
  void a_window_that_was_used_by_half_takes_a_third_away_but_not_from_the_base() {
    use(1);
    use(1);
    assertThat(quota.limit()).isEqualTo(86);
    use(0.5);
    assertThat(quota.limit()).isEqualTo(60);
    use(0);
    assertThat(quota.limit()).isEqualTo(60);
  }

  @Test
  void the_limit_never_exceeds_twenty_times_the_base() {
    for (var window = 0; window < 30; window++) {
      use(1);
    }
    assertThat(quota.limit()).isEqualTo(1200);
  }

  @Test
  void windows_in_which_nobody_called_count_as_well() {
    use(1);
    use(1);
    pass(Duration.ofHours(2));
    assertThat(quota.limit()).isEqualTo(60);
    assertThat(quota.granted()).isEqualTo(15 * (60 + 72 + 86) + 105 * 60);
  }

  @Test
  void a_quota_of_nothing_is_refused() {
    assertThatThrownBy(() -> QuotaRules.perMinute(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }

  /** Uses this share of a window, evenly. */
  private void use(double share) {
    for (var minute = 0; minute < 15; minute++) {
      var asked = (int) Math.ceil(quota.limit() * share);
      assertThat(admitted(asked)).isEqualTo(asked);
      pass(Duration.ofMinutes(1));
    }
  }

  private long admitted(int asked) {
    var before = quota.used();
    for (var request = 0; request < asked; request++) {
      Verdict _ = quota.admit();
    }
    return quota.used() - before;
  }

  private void pass(Duration time) {
    clock.now = clock.now.plus(time);
  }
}
