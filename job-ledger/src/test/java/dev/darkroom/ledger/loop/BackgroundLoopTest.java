package dev.darkroom.ledger.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BackgroundLoopTest {
  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void a_round_that_throws_is_followed_by_the_next() {
    var sweep =
        new BackgroundLoop(
            "throwing",
            Duration.ofMillis(1),
            () -> {
              rounds.incrementAndGet();
              throw new IllegalStateException("the ledger is down");
            });
    sweep.start();
    await().until(() -> rounds.get() > 3);
    sweep.stop();
  }

  @Test
  void while_there_is_more_to_do_rounds_follow_without_a_pause() {
    var sweep = new BackgroundLoop("busy", Duration.ofHours(1), () -> rounds.incrementAndGet() < 5);
    sweep.start();
    await().until(() -> rounds.get() == 5);
    sweep.stop();
  }

  @Test
  void a_sweep_that_rests_does_so_in_proportion_to_what_its_rounds_take() {
    var begun = new ConcurrentLinkedQueue<Long>();
    var sweep =
        new BackgroundLoop(
            "resting",
            Duration.ofHours(1),
            () -> {
              begun.add(System.nanoTime());
              await().pollDelay(Duration.ofMillis(20)).until(() -> true);
              return begun.size() < 4;
            },
            3);
    sweep.start();
    await().until(() -> begun.size() == 4);
    sweep.stop();
    var times = List.copyOf(begun);
    for (var i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(80_000_000);
    }
  }

  @RepeatedTest(50)
  void after_stop_no_round_runs_and_it_can_start_again() {
    var sweep =
        new BackgroundLoop(
            "stopped",
            Duration.ZERO,
            () -> {
              rounds.incrementAndGet();
              return true;
            });
    sweep.start();
    assertThat(sweep.isRunning()).isTrue();
    sweep.stop();
    assertThat(sweep.isRunning()).isFalse();
    var after = rounds.get();
    sweep.start();
    await().pollInterval(Duration.ofMillis(1)).until(() -> rounds.get() > after);
    sweep.stop();
    var afterAgain = rounds.get();
    Thread.onSpinWait();
    assertThat(rounds.get()).isEqualTo(afterAgain);
  }
}
