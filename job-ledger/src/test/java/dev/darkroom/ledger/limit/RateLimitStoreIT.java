package dev.darkroom.ledger.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.limit.RateLimitStore.PermitGrant;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RateLimitStoreIT {
  private final TestingLedger ledger = TestingLedger.empty();
  private final RateLimitStore limits = new RateLimitStore(ledger.asApplication);
  private final String name = "limit-" + UUID.randomUUID();

  @Test
  void there_is_nothing_to_take_before_it_begins() {
    assertThat(limits.take(name, wanted(1))).isEmpty();
  }

  @Test
  void calls_come_evenly() {
    limits.begin(name, 6); // one every ten seconds

    assertThat(take(5).permits()).as("half a second's calls at once, but one").isOne();
    var second = take(5);
    assertThat(second.permits()).as("it is more than a second away").isZero();
    assertThat(second.startsIn()).isBetween(Duration.ofSeconds(2), Duration.ofMillis(9_200));
    assertThat(limits.take(name, new PermitRequest(1, 1, null, Duration.ZERO)).orElseThrow())
        .as("what others return can be had")
        .extracting(PermitGrant::permits)
        .isEqualTo(1);
  }

  @Test
  void many_workers_at_once_never_get_more_than_the_limit() throws InterruptedException {
    limits.begin(name, 6_000); // a hundred a second
    var granted = new AtomicInteger();
    var begun = System.nanoTime();
    try (var workers = Executors.newFixedThreadPool(8)) {
      for (var worker = 0; worker < 8; worker++) {
        workers.execute(() -> {
          for (var asked = 0; asked < 40; asked++) {
            granted.addAndGet(take(10).permits());
          }
        });
      }
      workers.shutdown();
      assertThat(workers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    var seconds = (System.nanoTime() - begun) / 1e9;

    assertThat(granted.get())
        .as("what has passed, what was saved up, what lies ahead, and one batch")
        .isLessThanOrEqualTo((int) ((seconds + 2) * 100) + 50);
    assertThat(granted.get()).isGreaterThanOrEqualTo(150);
  }

  @Test
  void a_refusal_lowers_the_limit_once_and_the_longer_pause_holds() {
    limits.begin(name, 60);

    limits.take(name, refused(Duration.ofSeconds(30)));
    var grant = limits.take(name, refused(Duration.ofSeconds(5))).orElseThrow();

    assertThat(grant.perMinute()).isEqualTo(54);
    assertThat(grant.permits()).isZero();
    assertThat(grant.pausedFor()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(30));
    assertThat(grant.startsIn()).isGreaterThan(Duration.ofSeconds(25));
  }

  @Test
  void a_lower_limit_holds_at_once_and_a_higher_one_is_climbed_to() {
    limits.begin(name, 60);

    assertThat(told(30).perMinute()).isEqualTo(30);
    assertThat(told(120).perMinute()).as("not in the first six seconds").isEqualTo(30);
    ledger
        .asOwner
        .sql("update public.generation_limits set changed_at = changed_at - interval '7 s'")
        .update();
    assertThat(told(120).perMinute()).isEqualTo(32.4);
  }

  @Test
  void another_setting_begins_anew_and_the_same_does_not() {
    limits.begin(name, 60);
    told(30);
    limits.begin(name, 60);
    assertThat(take(0).perMinute()).isEqualTo(30);
    limits.begin(name, 90);
    assertThat(take(0).perMinute()).isEqualTo(90);
  }

  /** Else no call begins for as long as the database's clock was put back by. */
  @Test
  void a_clock_that_was_put_back_puts_off_calls_by_a_pause_at_most() {
    limits.begin(name, 60);
    told(30);
    putBack("free_at = now() + interval '1 hour', changed_at = now() + interval '1 hour'");
    assertThat(take(1).startsIn())
        .as("two seconds for a call, and one")
        .isLessThanOrEqualTo(Duration.ofMillis(3_100));

    putBack("free_at = now()");
    assertThat(take(1).permits()).isOne();

    putBack("paused_until = now() + interval '1 hour'");
    var paused = take(1);
    assertThat(paused.permits()).isZero();
    assertThat(paused.pausedFor()).isLessThanOrEqualTo(RateLimitStore.LONGEST_PAUSE);

    putBack("paused_until = now(), free_at = now(), changed_at = changed_at - interval '7 s'");
    assertThat(told(60).perMinute()).as("it climbs again").isEqualTo(31.2);
  }

  private void putBack(String times) {
    ledger.asOwner.sql("update public.generation_limits set " + times).update();
  }

  private PermitGrant take(int calls) {
    return limits.take(name, wanted(calls)).orElseThrow();
  }

  private PermitGrant told(int perMinute) {
    return limits.take(name, new PermitRequest(0, 0, perMinute, Duration.ZERO)).orElseThrow();
  }

  private static PermitRequest wanted(int calls) {
    return new PermitRequest(0, calls, null, Duration.ZERO);
  }

  private static PermitRequest refused(Duration pause) {
    return new PermitRequest(0, 0, null, pause);
  }
}
