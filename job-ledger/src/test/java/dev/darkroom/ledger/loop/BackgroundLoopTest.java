package dev.darkroom.ledger.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BackgroundLoopTest {
  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void a_round_that_throws_is_followed_by_the_next() {
    var loop =
        new BackgroundLoop(
            "throwing",
            Duration.ofMillis(1),
            () -> {
              rounds.incrementAndGet();
              throw new IllegalStateException("the ledger is down");
            });
    loop.start();
    await().until(() -> rounds.get() > 3);
    loop.stop();
  }

  @Test
  void while_there_is_more_to_do_rounds_follow_without_a_pause() {
    var loop = new BackgroundLoop("busy", Duration.ofHours(1), () -> rounds.incrementAndGet() < 5);
    loop.start();
    await().until(() -> rounds.get() == 5);
    loop.stop();
  }

  @Test
  void after_an_error_health_is_down_until_a_round_succeeds() {
    var broken = new AtomicBoolean(true);
    var loop =
        new BackgroundLoop(
            "broken",
            Duration.ofMillis(1),
            () -> {
              rounds.incrementAndGet();
              if (broken.get()) {
                throw new LinkageError("a class is missing");
              }
              return false;
            });
    loop.start();
    await().until(() -> healthOf(loop).getStatus().equals(Status.DOWN));
    assertThat(healthOf(loop).getDetails())
        .containsEntry("broken", "java.lang.LinkageError: a class is missing");
    var failed = rounds.get();
    await().until(() -> rounds.get() > failed); // it goes on trying

    broken.set(false);
    await().until(() -> healthOf(loop).getStatus().equals(Status.UP));
    loop.stop();
  }

  @Test
  void an_outage_that_follows_an_error_lifts_health_again() {
    var broken = new AtomicBoolean(true);
    var loop =
        new BackgroundLoop(
            "recovering",
            Duration.ofMillis(1),
            () -> {
              if (broken.get()) {
                throw new LinkageError("a class is missing");
              }
              throw new LoggedFailureException("the ledger does not answer");
            });
    loop.start();
    await().until(() -> healthOf(loop).getStatus().equals(Status.DOWN));

    broken.set(false);
    await().until(() -> healthOf(loop).getStatus().equals(Status.UP));
    loop.stop();
  }

  @Test
  void an_outage_leaves_health_up() {
    var loop =
        new BackgroundLoop(
            "waiting",
            Duration.ofMillis(1),
            () -> {
              rounds.incrementAndGet();
              throw new IllegalStateException("the database does not answer");
            });
    loop.start();
    await().until(() -> rounds.get() > 3);

    assertThat(healthOf(loop).getStatus()).isEqualTo(Status.UP);
    loop.stop();
  }

  @Test
  void a_stop_wakes_a_round_that_waits_and_the_loop_closes_what_it_opened() {
    var round = new WaitingRound();
    var loop = new BackgroundLoop("waiting", Duration.ZERO, round);
    loop.start();
    await().until(() -> round.begun.getCount() == 0);
    loop.stop();

    assertThat(round.endedBy).isEqualTo("waiting");
  }

  @RepeatedTest(50)
  void after_stop_no_round_runs_and_it_can_start_again() {
    var loop =
        new BackgroundLoop(
            "stopped",
            Duration.ZERO,
            () -> {
              rounds.incrementAndGet();
              return true;
            });
    loop.start();
    assertThat(loop.isRunning()).isTrue();
    loop.stop();
    assertThat(loop.isRunning()).isFalse();
    var after = rounds.get();
    loop.start();
    await().pollInterval(Duration.ofMillis(1)).until(() -> rounds.get() > after);
    loop.stop();
    var afterAgain = rounds.get();
    Thread.onSpinWait();
    assertThat(rounds.get()).isEqualTo(afterAgain);
  }

  private static Health healthOf(BackgroundLoop loop) {
    return LoopConfiguration.healthOf(List.of(loop));
  }

  /** Waits until it is woken up. */
  private static final class WaitingRound implements LoopRound {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch woken = new CountDownLatch(1);
    private volatile String endedBy = "nobody";

    @Override
    public boolean run() throws InterruptedException {
      begun.countDown();
      woken.await();
      return true;
    }

    @Override
    public void wakeUp() {
      woken.countDown();
    }

    @Override
    public void end() {
      endedBy = Thread.currentThread().getName();
    }
  }
}
