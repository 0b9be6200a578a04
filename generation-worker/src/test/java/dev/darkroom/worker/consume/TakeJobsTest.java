package dev.darkroom.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.messaging.KafkaTroubles;
import dev.darkroom.worker.consume.JobSource.Delivery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TakeJobsTest {
  private static final Duration HOLD = Duration.ofSeconds(1);
  private static final IntakeSettings SETTINGS =
      new IntakeSettings(IntakeMode.CLASSIC, 8, Duration.ofSeconds(30), HOLD);

  private final TestingSource source = new TestingSource();
  private final TestingSlots slots = new TestingSlots();
  private final AtomicBoolean topicsPresent = new AtomicBoolean(true);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable TakeJobs intake;

  private final KafkaTroubles troubles = new KafkaTroubles(InstantSource.system());

  @AfterEach
  void stop() {
    if (intake != null) {
      intake.stop();
    }
  }

  @Test
  void a_record_is_let_go_of_once_its_job_is_claimed() {
    start();
    var sent = source.send();
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));

    assertThat(slots.taken).containsExactly(sent.job());
    await().until(() -> records("decided") == 1);
  }

  @Test
  void while_the_ledger_is_away_records_are_kept_and_nothing_is_let_go_of() {
    slots.ledgerAnswers = false;
    var started = start();
    var sent = source.send();
    await().until(() -> started.state() == IntakeState.AWAITS_LEDGER);
    await().until(() -> source.stays.get() > 0);
    assertThat(source.accepted).isEmpty();

    slots.ledgerAnswers = true;
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));
    assertThat(started.state()).isEqualTo(IntakeState.TAKES_JOBS);
  }

  @Test
  void records_that_nothing_can_be_done_with_for_too_long_are_given_back() {
    slots.ledgerAnswers = false;
    start();
    var sent = source.send();
    await().untilAsserted(() -> assertThat(source.givenBack).contains(sent));
    assertThat(source.accepted).isEmpty();
    await().until(() -> records("given_back") >= 1);
    var polls = source.polls.get();
    var stays = source.stays.get();
    await().until(() -> source.stays.get() > stays + 2);
    assertThat(source.polls).as("they are for workers that reach the ledger").hasValue(polls);

    slots.ledgerAnswers = true;
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));
  }

  @Test
  void without_room_it_does_not_poll_but_stays() {
    slots.setRoom(0);
    var started = start();
    source.send();
    await().until(() -> source.stays.get() > 1);

    assertThat(source.polls).hasValue(0);
    assertThat(started.state()).isEqualTo(IntakeState.AWAITS_ROOM);

    slots.setRoom(1);
    await().until(() -> slots.taken.size() == 1);
  }

  @Test
  void what_there_is_no_room_for_is_let_go_of_later() {
    slots.setRoom(0);
    start();
    var first = source.send();
    var second = source.send();
    slots.setRoom(1); // and it stays so: these fakes are never full
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(first, second));
  }

  @Test
  void a_stop_ends_the_poll_and_closes_the_source_at_once() {
    var started = start();
    await().until(() -> source.polls.get() == 1);
    var begun = System.nanoTime();
    started.stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    assertThat(source.closed).isTrue();
    assertThat(started.state()).isEqualTo(IntakeState.STOPPED);
  }

  @Test
  void a_stop_gives_back_what_is_not_claimed() {
    slots.ledgerAnswers = false;
    var started = start();
    Delivery sent = source.send();
    await().until(() -> source.stays.get() > 0);
    started.stop();

    assertThat(source.givenBack).contains(sent);
    assertThat(source.accepted).isEmpty();
  }

  @Test
  void health_is_up_while_it_waits_for_kafka() {
    topicsPresent.set(false);
    var health = new IntakeHealth(start(), IntakeMode.CLASSIC, troubles).health();

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("mode", "classic")
        .containsEntry("state", "waits for Kafka, whose topics can't be seen");
  }

  @Test
  void a_worker_is_ready_once_it_has_joined_and_stays_so() {
    source.joined = false;
    var started = start();
    var membership = new MembershipHealth(started);
    await().until(() -> source.polls.get() > 0);
    assertThat(started.state()).isEqualTo(IntakeState.JOINS_GROUP);
    assertThat(membership.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

    source.joined = true;
    assertThat(started.state()).isEqualTo(IntakeState.TAKES_JOBS);
    assertThat(membership.health().getStatus()).isEqualTo(Status.UP);

    source.joined = false;
    assertThat(membership.health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void a_source_that_fails_is_opened_again_and_health_stays_up() {
    var failed = new AtomicBoolean();
    var started =
        start(() -> {
          if (failed.compareAndSet(false, true)) {
            throw new IllegalStateException("not yet");
          }
          return source;
        });
    var sent = source.send();
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));

    assertThat(new IntakeHealth(started, IntakeMode.SHARE, troubles).health().getStatus())
        .isEqualTo(Status.UP);
  }

  @Test
  void health_is_down_once_nothing_takes_jobs_any_more() {
    var started =
        start(() -> {
          throw new LinkageError("a class is missing");
        });
    await()
        .dontCatchUncaughtExceptions() // this one is what the test is about
        .until(() -> started.state() == IntakeState.DIED);

    assertThat(new IntakeHealth(started, IntakeMode.SHARE, troubles).health().getStatus())
        .isEqualTo(Status.DOWN);
  }

  private TakeJobs start() {
    return start(() -> source);
  }

  private TakeJobs start(Supplier<JobSource> open) {
    intake = new TakeJobs(open, topicsPresent::get, slots, SETTINGS, meters);
    intake.start();
    return intake;
  }

  private double records(String outcome) {
    return meters.get("darkroom.intake.records").tag("outcome", outcome).counter().count();
  }
}
