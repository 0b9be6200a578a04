package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aJobInLine;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CancelIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final RetryableFailure CUT =
      new RetryableFailure(
          Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "It was cut.", false, Duration.ZERO);

  private final TestingLedger ledger = TestingLedger.empty();

  static Stream<JobFixture> waiting_jobs() {
    return Stream.of(
        aQueuedJob(),
        aJobInLine("ada", 7),
        aWaitingJob(),
        aQueuedJob().with("state", "paused").with("publish_after", "infinity"));
  }

  @ParameterizedTest
  @MethodSource("waiting_jobs")
  void a_job_that_waits_ends_at_once_and_no_worker_gets_it(JobFixture fixture) {
    var job = fixture.in(ledger);

    var cancelled = (Cancellation.Ended) cancel(job);

    assertThat(cancelled.job().event().errorCode()).isEqualTo("cancelled");
    assertThatJob(ledger, job).isFailedWith("cancelled").hasSteps("cancelled");
    assertThat(ledger.claim("worker-2", LEASE, List.of(job))).isEmpty();
  }

  @Test
  void the_reason_of_an_operator_is_in_the_step_and_not_in_the_error() {
    var job = aQueuedJob().in(ledger);

    ledger.outcomeStore.cancelIfOpen(job, Visibility.ALL, "The customer has left.");

    assertThatJob(ledger, job).has("error_message", "The job was cancelled.");
    assertThat(assertThatJob(ledger, job).log().getFirst().details())
        .containsEntry("reason", "The customer has left.");
  }

  @Test
  void a_job_that_runs_ends_when_its_worker_has_cut_the_call() {
    var attempt = aHeldJob().heldIn(ledger);

    assertThat(cancel(attempt.requestId())).isInstanceOf(Cancellation.Requested.class);
    assertThatJob(ledger, attempt.requestId()).isHeldBy(attempt).hasNoSteps();
    assertThat(ledger.workerStore.orders(WORKER, null).cancelled()).containsExactly(attempt);

    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, CUT))
        .isInstanceOf(Rescheduled.Exhausted.class);
    assertThatJob(ledger, attempt.requestId())
        .isFailedWith("cancelled")
        .hasCalls(1, 0, 1)
        .hasSteps("attempt_outcome_unknown", "cancelled");
  }

  @Test
  void a_call_that_was_cut_before_it_was_sent_is_not_billed() {
    var attempt = aHeldJob().heldIn(ledger);
    cancel(attempt.requestId());

    ledger.jobStore.rescheduleIfHeld(
        attempt,
        new RetryableFailure(
                Step.ATTEMPT_FAILED, "withdrawn", "Nothing was sent.", false, Duration.ZERO)
            .withoutCall());

    assertThatJob(ledger, attempt.requestId()).isFailedWith("cancelled").hasCalls(0, 0, 0);
  }

  @Test
  void a_picture_that_comes_before_the_cut_completes_the_job() {
    var attempt = aHeldJob().heldIn(ledger);
    cancel(attempt.requestId());

    assertThat(ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of())).isPresent();

    assertThatJob(ledger, attempt.requestId()).isCompleted().hasCalls(1, 1, 0);
    assertThat(cancel(attempt.requestId())).isInstanceOf(Cancellation.NotOpen.class);
  }

  @Test
  void the_job_of_a_silent_worker_is_cancelled_by_its_rescue() {
    var attempt = aLapsedJob().heldIn(ledger);
    cancel(attempt.requestId());

    assertThat(ledger.rescue(10)).singleElement().isInstanceOf(Rescheduled.Exhausted.class);

    assertThatJob(ledger, attempt.requestId()).isFailedWith("cancelled").hasCalls(1, 0, 1);
  }

  @Test
  void the_deadline_may_come_before_the_cut() {
    var attempt = aHeldJob().overdue().heldIn(ledger);
    cancel(attempt.requestId());

    assertThat(ledger.endOverdue(10)).hasSize(1);

    assertThatJob(ledger, attempt.requestId()).isFailedWith("deadline_exceeded");
    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, CUT))
        .isInstanceOf(Rescheduled.NotHeld.class);
  }

  @Test
  void what_has_ended_stays_as_it_is() {
    for (var fixture : List.of(aCompletedJob(), aFailedJob(), aCompletedJob().published())) {
      var job = fixture.in(ledger);

      assertThat(cancel(job)).isInstanceOf(Cancellation.NotOpen.class);
      assertThatJob(ledger, job).hasNoSteps();
    }
    assertThat(cancel(new RequestId(UUID.randomUUID()))).isInstanceOf(Cancellation.NotOpen.class);
  }

  @Test
  void asking_twice_is_asking_once() {
    var running = aHeldJob().heldIn(ledger).requestId();
    var waiting = aQueuedJob().in(ledger);
    cancel(running);
    cancel(waiting);

    assertThat(cancel(running)).isInstanceOf(Cancellation.Requested.class);
    assertThat(cancel(waiting)).isInstanceOf(Cancellation.NotOpen.class);
    assertThatJob(ledger, waiting).hasSteps("cancelled");
  }

  @Test
  void its_end_is_published_like_any_other() {
    var job = aQueuedJob().in(ledger);
    cancel(job);
    ledger.asOwner.sql("update public.generation_queue set publish_after = now()").update();

    assertThat(ledger.eventOutbox.reserveUnpublished(10))
        .extracting(ended -> ended.event().requestId())
        .containsExactly(job);
  }

  private Cancellation cancel(RequestId job) {
    return ledger.outcomeStore.cancelIfOpen(job, Visibility.ALL, null);
  }
}
