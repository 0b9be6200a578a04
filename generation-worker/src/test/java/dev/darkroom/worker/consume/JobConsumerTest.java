package dev.darkroom.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.loop.LoggedFailureException;
import dev.darkroom.ledger.loop.LoopConfiguration;
import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import dev.darkroom.worker.consume.JobConsumer.IntakeState;
import dev.darkroom.worker.consume.JobSource.JobDelivery;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class JobConsumerTest {
  private static final Duration HOLD = Duration.ofSeconds(1);
  private static final IntakeSettings SETTINGS =
      new IntakeSettings(IntakeMode.CLASSIC, 8, Duration.ofSeconds(30), HOLD);

  private final TestingSource source = new TestingSource();
  private final TestingCapacity capacity = new TestingCapacity();
  private final AtomicBoolean topicsPresent = new AtomicBoolean(true);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable BackgroundLoop loop;

  private final KafkaHealth kafka = new KafkaHealth(InstantSource.system());

  @AfterEach
  void stop() {
    if (loop != null) {
      loop.stop();
    }
  }

  @Test
  void a_record_is_accepted_once_its_job_is_claimed() {
    start();
    var sent = source.send();
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));

    assertThat(capacity.taken).containsExactly(sent.job().requestId());
    await().until(() -> records("decided") == 1);
  }

  @Test
  void while_the_ledger_is_away_records_are_kept_and_none_is_accepted() {
    capacity.ledgerAnswers = false;
    var started = start();
    var sent = source.send();
    await().until(() -> started.state() == IntakeState.AWAITS_LEDGER);
    await().until(() -> source.keepAlives.get() > 0);
    assertThat(source.accepted).isEmpty();

    capacity.ledgerAnswers = true;
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));
    assertThat(started.state()).isEqualTo(IntakeState.TAKES_JOBS);
  }

  @Test
  void a_claim_that_fails_is_repeated_after_a_pause_and_only_its_success_ends_the_outage(
      CapturedOutput output) throws Exception {
    capacity.claimsFail = true;
    var consumer = consumer(() -> source, Duration.ofMinutes(1));
    consumer.begin();
    var sent = source.send();
    for (int round = 1; round <= 3; round++) {
      assertThatThrownBy(consumer::run).isInstanceOf(LoggedFailureException.class);
      assertThat(source.keepAlives).hasValue(round);
      assertThat(consumer.state()).isEqualTo(IntakeState.AWAITS_LEDGER);
    }
    assertThat(capacity.failedClaims).hasSize(3).containsOnly(List.of(sent.job().requestId()));
    assertThat(source.accepted).isEmpty();
    assertThat(output).containsOnlyOnce("the ledger does not answer; this worker takes no new");

    capacity.claimsFail = false;
    assertThat(consumer.run()).isTrue();
    assertThat(source.accepted).containsExactly(sent);
    assertThat(consumer.state()).isEqualTo(IntakeState.TAKES_JOBS);
  }

  @Test
  void the_first_poll_after_a_failure_is_short_so_that_health_recovers_soon() throws Exception {
    capacity.claimsFail = true;
    var consumer = consumer(() -> source, Duration.ofMinutes(1));
    consumer.begin();
    source.send();
    assertThatThrownBy(consumer::run).isInstanceOf(LoggedFailureException.class);
    assertThat(source.polledFor).containsExactly(SETTINGS.poll());

    consumer.end(); // gives the record back
    assertThatThrownBy(consumer::run).isInstanceOf(LoggedFailureException.class);
    capacity.claimsFail = false;
    assertThat(consumer.run()).isTrue();
    source.send();
    assertThat(consumer.run()).isTrue();
    assertThat(source.polledFor)
        .containsExactly(SETTINGS.poll(), Duration.ofSeconds(2), SETTINGS.poll());
  }

  @Test
  void records_that_nothing_can_be_done_with_for_too_long_are_given_back() {
    capacity.ledgerAnswers = false;
    start();
    var sent = source.send();
    await().untilAsserted(() -> assertThat(source.givenBack).contains(sent));
    assertThat(source.accepted).isEmpty();
    await().until(() -> records("given_back") >= 1);
    var polls = source.polls.get();
    var keepAlives = source.keepAlives.get();
    await().until(() -> source.keepAlives.get() > keepAlives + 2);
    assertThat(source.polls).as("they are for workers that reach the ledger").hasValue(polls);

    capacity.ledgerAnswers = true;
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));
  }

  @Test
  void without_capacity_it_does_not_poll_but_stays_a_member() {
    capacity.setAvailable(0);
    var started = start();
    source.send();
    await().until(() -> source.keepAlives.get() > 1);

    assertThat(source.polls).hasValue(0);
    assertThat(started.state()).isEqualTo(IntakeState.AWAITS_CAPACITY);

    capacity.setAvailable(1);
    await().until(() -> capacity.taken.size() == 1);
  }

  @Test
  void records_beyond_the_capacity_are_accepted_later() {
    capacity.setAvailable(0);
    start();
    var first = source.send();
    var second = source.send();
    capacity.setAvailable(1); // and it keepAlives so: these fakes are never full
    await().untilAsserted(() -> assertThat(source.accepted).containsExactly(first, second));
  }

  @Test
  void a_stop_ends_the_poll_and_closes_the_source() {
    var started = start();
    await().until(() -> source.polls.get() == 1);
    stop();

    assertThat(source.interrupted).as("woken up instead").isFalse();
    assertThat(source.closed).isTrue();
    assertThat(started.state()).isEqualTo(IntakeState.STOPPED);
  }

  @Test
  void a_stop_gives_back_what_is_not_claimed() {
    capacity.ledgerAnswers = false;
    start();
    JobDelivery sent = source.send();
    await().until(() -> source.keepAlives.get() > 0);
    stop();

    assertThat(source.givenBack).contains(sent);
    assertThat(source.accepted).isEmpty();
  }

  @Test
  void health_is_up_while_it_waits_for_kafka() {
    topicsPresent.set(false);
    var health = new IntakeHealth(start(), IntakeMode.CLASSIC, kafka).health();

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("mode", "classic")
        .containsEntry("state", "waits for Kafka's topics");
  }

  @Test
  void a_worker_is_ready_once_it_has_joined_and_stays_so() {
    source.joined = false;
    var started = start();
    await().until(() -> source.polls.get() > 0);
    assertThat(started.state()).isEqualTo(IntakeState.JOINS_GROUP);
    assertThat(IntakeHealth.membership(started).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

    source.joined = true;
    assertThat(started.state()).isEqualTo(IntakeState.TAKES_JOBS);
    assertThat(IntakeHealth.membership(started).getStatus()).isEqualTo(Status.UP);

    source.joined = false;
    assertThat(IntakeHealth.membership(started).getStatus()).isEqualTo(Status.UP);
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

    assertThat(new IntakeHealth(started, IntakeMode.SHARE, kafka).health().getStatus())
        .isEqualTo(Status.UP);
  }

  @Test
  void after_an_error_health_is_down_until_jobs_are_taken_again() {
    var broken = new AtomicBoolean(true);
    start(() -> {
      if (broken.get()) {
        throw new LinkageError("a class is missing");
      }
      return source;
    });
    try (var context = contextOfLoop()) {
      var health = context.getBean("loops", HealthIndicator.class);
      await().until(() -> Status.DOWN.equals(status(health)));

      broken.set(false);
      var sent = source.send();
      await().untilAsserted(() -> assertThat(source.accepted).containsExactly(sent));
      await().until(() -> Status.UP.equals(status(health)));
    }
  }

  @Test
  void a_source_that_kafka_refuses_is_reported_and_health_stays_up() {
    var started =
        start(() -> {
          throw new UnsupportedVersionException("no share groups");
        });
    await().until(() -> kafka.reason(KafkaConcern.INTAKE).isPresent());

    var health = new IntakeHealth(started, IntakeMode.SHARE, kafka).health();
    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("state", "waits for Kafka, which refuses this worker");
  }

  private JobConsumer start() {
    return start(() -> source);
  }

  private JobConsumer start(Supplier<JobSource> open) {
    var consumer = consumer(open, HOLD);
    loop = new BackgroundLoop("intake", Duration.ZERO, Duration.ofMillis(50), 0, consumer);
    loop.start();
    return consumer;
  }

  private JobConsumer consumer(Supplier<JobSource> open, Duration hold) {
    var settings = new IntakeSettings(SETTINGS.mode(), SETTINGS.batch(), SETTINGS.poll(), hold);
    return new JobConsumer(open, topicsPresent::get, capacity, settings, kafka, meters);
  }

  private static Status status(HealthIndicator health) {
    return Objects.requireNonNull(health.health()).getStatus();
  }

  /** Health as both applications configure it. */
  private AnnotationConfigApplicationContext contextOfLoop() {
    var context = new AnnotationConfigApplicationContext();
    context.registerBean(BackgroundLoop.class, () -> Objects.requireNonNull(loop));
    context.register(LoopConfiguration.class);
    context.refresh();
    return context;
  }

  private double records(String outcome) {
    return meters.get("darkroom.intake.records").tag("outcome", outcome).counter().count();
  }
}
