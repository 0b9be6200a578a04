package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.limit.RateLimitStore.PermitGrant;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SharedRateLimiterTest {
  private final VirtualClock clock = new VirtualClock();
  private final List<PermitRequest> requests = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SharedRateLimiter limiter =
      new SharedRateLimiter(this::answer, clock::nanos, clock, meters.counter("throttled"));

  private boolean databaseIsDown;
  private PermitGrant next = granted(2, Duration.ZERO);

  @Test
  void permits_are_asked_for_when_they_can_be_used_and_only_then() {
    limiter.refill();
    assertThat(requests).as("nobody is there to use them").isEmpty();

    limiter.serve(() -> 5, () -> {});
    limiter.refill();
    limiter.refill();

    assertThat(requests).containsExactly(new PermitRequest(0, 5, null, Duration.ZERO));
    assertThat(limiter.available()).isEqualTo(2);
    limiter.spend(2);
    assertThat(limiter.available()).isZero();
  }

  @Test
  void unused_permits_lapse_and_go_back() {
    limiter.serve(() -> 5, () -> {});
    limiter.refill();
    limiter.spend(1);
    clock.pass(Duration.ofSeconds(3));

    assertThat(limiter.available()).isZero();
    limiter.refill();
    assertThat(requests.getLast().returned()).isEqualTo(1);
  }

  @Test
  void at_few_calls_a_minute_permits_of_which_none_was_used_are_left_to_others() {
    next = new PermitGrant(1, Duration.ZERO, 6, Duration.ZERO);
    limiter.serve(() -> 5, () -> {});
    limiter.refill();
    next = new PermitGrant(0, Duration.ZERO, 6, Duration.ZERO);
    clock.pass(Duration.ofSeconds(3));
    limiter.refill();
    assertThat(requests.getLast()).isEqualTo(new PermitRequest(1, 0, null, Duration.ZERO));

    clock.pass(Duration.ofSeconds(19));
    limiter.refill();
    assertThat(requests).hasSize(2);

    clock.pass(Duration.ofSeconds(1));
    limiter.refill();
    assertThat(requests.getLast()).isEqualTo(new PermitRequest(0, 5, null, Duration.ZERO));
  }

  @Test
  void at_many_calls_a_minute_unused_permits_are_renewed_at_once() {
    limiter.serve(() -> 5, () -> {});
    limiter.refill();
    clock.pass(Duration.ofSeconds(3));
    limiter.refill();

    assertThat(requests.getLast()).isEqualTo(new PermitRequest(2, 5, null, Duration.ZERO));
    assertThat(limiter.available()).isEqualTo(2);
  }

  @Test
  void a_refusal_that_names_no_wait_pauses_all_the_same() {
    limiter.serve(() -> 5, () -> {});
    limiter.refused(Duration.ZERO);
    limiter.refill();

    assertThat(requests.getLast().pause()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void permits_for_later_are_used_later() {
    next = granted(1, Duration.ofMillis(800));
    limiter.serve(() -> 5, () -> {});
    limiter.refill();

    assertThat(limiter.available()).isZero();
    assertThat(limiter.state()).startsWith("paused by the rate limit until ");
    clock.pass(Duration.ofMillis(801));
    assertThat(limiter.available()).isOne();
  }

  @Test
  void of_two_refusals_the_longer_pause_holds() {
    limiter.serve(() -> 5, () -> {});
    limiter.refill();

    limiter.refused(Duration.ofSeconds(20));
    limiter.refused(Duration.ofSeconds(3));
    limiter.refill();

    assertThat(requests.getLast().pause()).isEqualTo(Duration.ofSeconds(20));
    assertThat(meters.counter("throttled").count()).isEqualTo(2);
    assertThat(requests.getLast().returned()).as("what was refused may be spent").isZero();
  }

  @Test
  void what_nebius_says_it_grants_is_passed_on() {
    limiter.serve(() -> 5, () -> {});
    limiter.observe(Map.of("x-ratelimit-limit-requests", " 72 ")::get);
    limiter.observe(Map.of("x-ratelimit-limit-requests", "many")::get);
    limiter.refill();

    assertThat(requests.getLast().told()).isEqualTo(72);
    limiter.spend(2);
    limiter.refill();
    assertThat(requests.getLast().told()).as("others may have heard more since").isNull();
  }

  @Test
  void without_the_database_no_call_begins_and_a_refusal_is_told_later() {
    limiter.serve(() -> 5, () -> {});
    databaseIsDown = true;
    limiter.refused(Duration.ofSeconds(20));
    limiter.refill();

    assertThat(limiter.available()).isZero();
    assertThat(limiter.state()).contains("PostgreSQL");
    databaseIsDown = false;
    clock.pass(Duration.ofSeconds(1));
    limiter.refill();
    assertThat(requests.getLast().pause()).isEqualTo(Duration.ofSeconds(20));
    assertThat(limiter.available()).isEqualTo(2);
  }

  private PermitGrant answer(PermitRequest request) {
    if (databaseIsDown) {
      throw new TransientDataAccessResourceException("down");
    }
    requests.add(request);
    return next;
  }

  private static PermitGrant granted(int permits, Duration startsIn) {
    return new PermitGrant(permits, startsIn, 60, Duration.ZERO);
  }
}
