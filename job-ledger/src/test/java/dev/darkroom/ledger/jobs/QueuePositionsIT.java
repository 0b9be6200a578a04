package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.queue.QueuePositions;
import dev.darkroom.ledger.queue.QueuePositions.QueuePosition;
import dev.darkroom.ledger.statistics.RecentAttempts;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueuePositionsIT {
  private static final Duration LATER = Duration.ofMinutes(1);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void places_are_the_order_in_which_jobs_are_let_go() {
    var jobs = new ArrayList<RequestId>();
    jobs.addAll(accept(2, "ada", "ada", "ada", "ada", "ada", "ada", "ada"));
    jobs.addAll(accept(0, "bob", "bob", "cyd"));
    var places = jobs.stream().map(this::ahead).toList();

    assertThat(places.stream().sorted().toList()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(places.subList(0, 2)).containsExactlyInAnyOrder(0, 1); // neither is on Kafka yet
    var order = new ArrayList<RequestId>();
    for (var batch = dispatch(); !batch.isEmpty(); batch = dispatch()) {
      order.addAll(batch);
    }
    assertThat(order.stream().map(job -> places.get(jobs.indexOf(job))).toList())
        .isSorted()
        .hasSize(8);
    assertThat(places.get(jobs.size() - 1)) // cyd comes after one job of each
        .isLessThanOrEqualTo(4);
  }

  @Test
  void jobs_on_kafka_stand_in_the_order_in_which_it_got_them() {
    var jobs = ledger.accept(Stream.generate(NewJobFixture::aNewJob).limit(3).toList());
    var backwards = new ArrayList<>(jobs);
    Collections.reverse(backwards);
    backwards.forEach(job -> ledger.jobOutbox.markEnqueued(List.of(job)));

    assertThat(backwards.stream().map(job -> ahead(job.message().requestId())))
        .containsExactly(0, 1, 2);
  }

  @Test
  void a_job_with_a_worker_or_at_its_end_has_no_place() {
    assertThat(ledger.queuePositions.positionIfWaiting(aHeldJob().in(ledger))).isEmpty();
    assertThat(ledger.queuePositions.positionIfWaiting(aCompletedJob().in(ledger))).isEmpty();
    assertThat(ledger.queuePositions.positionIfWaiting(new RequestId(UUID.randomUUID()))).isEmpty();
  }

  @Test
  void a_retry_says_when_it_is_due_and_who_would_go_before_it_now() {
    var attempt = aHeldJob().heldIn(ledger);
    accept(1, "ada", "ada", "ada", "ada", "ada", "ada", "ada", "bob");
    ledger.jobStore.rescheduleIfHeld(
        attempt,
        new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "Down.", true, Duration.ofMinutes(1)));

    var place = position(attempt.requestId());

    assertThat(place.dueAt()).isCloseTo(place.at().plusSeconds(60), within(Duration.ofSeconds(5)));
    assertThat(place.ahead()).as("not behind its user's line").isBetween(1, 3);
  }

  @Test
  void nobody_counts_further_than_a_thousand() {
    accept(0, Stream.generate(() -> "ada").limit(1_500).toArray(String[]::new));
    var last = accept(0, "ada").getFirst();
    var other = accept(0, "bob").getFirst();

    assertThat(ahead(last)).isEqualTo(QueuePositions.FURTHEST);
    assertThat(ahead(other)).isLessThanOrEqualTo(2);
  }

  @Test
  void the_pace_is_that_of_the_latest_pictures() {
    assertThat(ledger.queuePositions.pace()).isEqualTo(new QueuePositions.QueuePace(0, null));
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            select gen_random_uuid(), 'ada', 'x', 'completed', 'image_generated',
              jsonb_build_object('callMillis', n * 100, 'savingMillis', 7), now() - n * interval '1 s'
            from generate_series(1, 99) as n
            """)
        .update();

    var pace = ledger.queuePositions.pace();

    assertThat(pace.picturesPerSecond()).isCloseTo(1, within(0.1));
    assertThat(pace.attempt()).isEqualTo(Duration.ofMillis(5_007));
  }

  @Test
  void attempts_say_of_nebius_only_what_they_know_of_it() {
    ended(
        new RetryableFailure(
            Step.ATTEMPT_FAILED, "provider_unavailable", "It was down.", false, LATER));
    ended(
        new RetryableFailure(
            Step.ATTEMPT_FAILED, "picture_not_stored", "Disk full.", false, LATER));
    ended(new RetryableFailure(Step.ATTEMPT_FAILED, "withdrawn", "Stopping.", false, LATER));
    ended(
        new RetryableFailure(
            Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "Silent.", true, LATER));
    ended(
        new RetryableFailure(
                Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "No answer.", true, LATER)
            .afterCallOf(Duration.ofMinutes(2)));
    var completed = aHeldJob().heldIn(ledger);
    ledger.outcomeStore.completeIfCurrent(
        completed, JobFixture.PICTURE, Map.of("source", "nebius"));
    var stored = aHeldJob().heldIn(ledger);
    ledger.outcomeStore.completeIfCurrent(stored, JobFixture.PICTURE, Map.of("source", "store"));

    assertThat(ledger.recentAttempts.latest(Duration.ofMinutes(5), 20))
        .extracting(RecentAttempts.Answered::reason)
        .containsExactly(null, "No answer.", "Disk full.", "It was down.");
    assertThat(ledger.recentAttempts.latest(Duration.ofMinutes(5), 1)).hasSize(1);
  }

  @Test
  void what_one_prompt_or_one_model_alone_was_refused_for_says_nothing_of_all() {
    ended(new RetryableFailure(Step.ATTEMPT_FAILED, "misconfigured", "One prompt.", true, LATER));
    ended(
        new RetryableFailure(
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            "No call was made: the circuit breaker is open.",
            false,
            LATER));
    ended(new RetryableFailure(Step.ATTEMPT_FAILED, "misconfigured", "answered 401", false, LATER));

    assertThat(ledger.recentAttempts.latest(Duration.ofMinutes(5), 20))
        .singleElement()
        .satisfies(refused -> {
          assertThat(refused.code()).isEqualTo("misconfigured");
          assertThat(refused.begunAt()).isBeforeOrEqualTo(refused.endedAt());
          assertThat(refused.dueAt()).isAfter(refused.endedAt());
        });
  }

  @Test
  void it_is_known_whether_workers_take_jobs() {
    assertThat(ledger.recentAttempts.activity())
        .satisfies(idle -> {
          assertThat(idle.running()).isFalse();
          assertThat(idle.open()).isFalse();
          assertThat(idle.waiting()).isNull();
          assertThat(idle.calledAt()).isNull();
        });
    accept(1, "ada");
    assertThat(ledger.recentAttempts.activity())
        .satisfies(waiting -> {
          assertThat(waiting.running()).isFalse();
          assertThat(waiting.open()).isTrue();
          assertThat(waiting.waiting()).isBeforeOrEqualTo(waiting.now());
        });
    aHeldJob().heldIn(ledger);
    assertThat(ledger.recentAttempts.activity().running()).isTrue();
  }

  private void ended(RetryableFailure setback) {
    ledger.jobStore.rescheduleIfHeld(aHeldJob().heldIn(ledger), setback);
  }

  private QueuePosition position(RequestId job) {
    return ledger.queuePositions.positionIfWaiting(job).orElseThrow();
  }

  private int ahead(RequestId job) {
    return position(job).ahead();
  }

  private List<RequestId> dispatch() {
    return ledger.fairQueue.dispatch(10_000, 10_000, 1).orElseThrow().jobs().stream()
        .map(job -> job.message().requestId())
        .toList();
  }

  private List<RequestId> accept(int dispatched, String... users) {
    var jobs = Stream.of(users).map(QueuePositionsIT::aJobOf).toList();
    return ledger.jobStore.accept(jobs, dispatched).stream()
        .map(Accepted.class::cast)
        .map(accepted -> accepted.job().message().requestId())
        .toList();
  }

  private static NewJob aJobOf(String user) {
    return new NewJob(
        new RequestId(UUID.randomUUID()),
        user,
        JobFixture.REQUEST,
        JobFixture.CALL,
        Duration.ofHours(1),
        JobFixture.TRACE);
  }
}
