package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.CLAIM;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RescheduleIT {
  private static final Duration DELAY = Duration.ofSeconds(20);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_counted_setback_uses_up_an_attempt_and_the_job_is_due_after_the_delay() {
    var attempt = aHeldJob().withAttempts(2).withFailures(1).heldIn(ledger);

    var again = ledger.jobStore.rescheduleIfHeld(attempt, failed(true));

    assertThatJob(ledger, attempt.requestId())
        .isFree()
        .has("status", "started")
        .has("attempt", 2)
        .has("failures", 2)
        .has("worker_id", WORKER)
        .has("enqueued_at", null)
        .has("error_code", "outage")
        .has("error_message", "Nebius answered 502.")
        .hasTime("due_at", DELAY)
        .hasTime("publish_after", DELAY)
        .hasSteps("attempt_failed", "retry_scheduled");
    assertThat(again)
        .isEqualTo(
            new Rescheduled.DueAgain(
                attempt.requestId(), assertThatJob(ledger, attempt.requestId()).time("due_at")));
  }

  @Test
  void the_step_says_how_long_the_call_took_where_one_was_made() {
    var called = aHeldJob().heldIn(ledger);
    var notCalled = aHeldJob().heldIn(ledger);

    ledger.jobStore.rescheduleIfHeld(called, failed(true).afterCallOf(Duration.ofMillis(1_234)));
    ledger.jobStore.rescheduleIfHeld(notCalled, failed(true));

    assertThat(endOf(called).callMillis()).isEqualTo(1_234);
    assertThat(endOf(notCalled).callMillis()).isNull();
  }

  private AttemptMade.AttemptEnd endOf(Attempt attempt) {
    var calling =
        new LogEntry(
            1,
            new UUID(0, 1),
            attempt.requestId(),
            "",
            "ada",
            "a lighthouse",
            JobStatus.PROCESSING,
            Step.CALLING_NEBIUS_API.word(),
            Map.of("attempt", attempt.number()),
            null,
            Instant.EPOCH);
    var steps =
        Stream.concat(
                Stream.of(calling),
                ledger
                    .jobQueries
                    .find(attempt.requestId(), Visibility.ALL)
                    .orElseThrow()
                    .steps()
                    .stream())
            .toList();
    return Objects.requireNonNull(AttemptMade.in(steps).getFirst().end());
  }

  @Test
  void the_steps_say_what_happened_and_when_it_goes_on() {
    var attempt = aHeldJob().heldIn(ledger);

    ledger.jobStore.rescheduleIfHeld(attempt, failed(true));

    var log = assertThatJob(ledger, attempt.requestId()).log();
    assertThat(log.getFirst())
        .isEqualTo(
            new Logged(
                "processing",
                "attempt_failed",
                Map.of(
                    "attempt",
                    1,
                    "worker",
                    WORKER,
                    "code",
                    "outage",
                    "reason",
                    "Nebius answered 502.",
                    "counts",
                    true,
                    "billed",
                    "no")));
    assertThat(log.getLast().status()).isEqualTo("processing");
    assertThat(log.getLast().details())
        .containsEntry("attempt", 1)
        .containsOnlyKeys("attempt", "dueAt");
    assertThat(
            OffsetDateTime.parse(String.valueOf(log.getLast().details().get("dueAt"))).toInstant())
        .isEqualTo(assertThatJob(ledger, attempt.requestId()).time("due_at"));
  }

  @Test
  void an_outage_uses_up_no_attempt_that_counts() {
    var attempt = aHeldJob().withAttempts(24).withFailures(2).heldIn(ledger);

    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, failed(false)))
        .isInstanceOf(Rescheduled.DueAgain.class);

    assertThatJob(ledger, attempt.requestId())
        .has("failures", 2)
        .hasSteps("attempt_failed", "retry_scheduled");
    assertThat(assertThatJob(ledger, attempt.requestId()).log().getFirst().details())
        .containsEntry("counts", false);
  }

  @Test
  void what_never_counts_slows_down_so_that_fifty_attempts_last_until_the_deadline() {
    var attempt = aHeldJob().withAttempts(30).deadline(Duration.ofMinutes(10)).heldIn(ledger);

    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, failed(false)))
        .isInstanceOf(Rescheduled.DueAgain.class);

    assertThatJob(ledger, attempt.requestId())
        .hasTime("due_at", Duration.ofSeconds(29)) // ten minutes for the other twenty, and one more
        .hasTime("publish_after", Duration.ofSeconds(29));
  }

  @Test
  void after_the_fiftieth_attempt_that_does_not_count_the_job_waits_for_its_deadline() {
    var attempt = aHeldJob().withAttempts(50).deadline(Duration.ofMinutes(10)).heldIn(ledger);

    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, failed(false)))
        .isInstanceOf(Rescheduled.DueAgain.class);

    assertThatJob(ledger, attempt.requestId())
        .has("failures", 0)
        .hasTime("due_at", Duration.ofMinutes(10))
        .hasSteps("attempt_failed", "retry_scheduled");
  }

  @Test
  void the_fiftieth_attempt_ends_the_job_if_it_counts() {
    var attempt = aHeldJob().withAttempts(50).heldIn(ledger);

    assertThat(ledger.jobStore.rescheduleIfHeld(attempt, failed(true)))
        .isInstanceOf(Rescheduled.Exhausted.class);

    assertThatJob(ledger, attempt.requestId())
        .isFailedWith("outage")
        .has("failures", 1)
        .hasSteps("attempt_failed", "attempts_exhausted");
  }

  @Test
  void the_last_attempt_ends_the_job() {
    var attempt = aHeldJob().withAttempts(5).withFailures(2).heldIn(ledger);

    var ended = ledger.jobStore.rescheduleIfHeld(attempt, failed(true));

    var why = "Gave up after attempt 5: Nebius answered 502.";
    assertThatJob(ledger, attempt.requestId())
        .isFailedWith("outage")
        .has("error_message", why)
        .has("failures", 3)
        .hasTime("publish_after", TestingLedger.RESERVATION)
        .hasExactly(
            new Logged(
                "processing",
                "attempt_failed",
                Map.of(
                    "attempt",
                    5,
                    "worker",
                    WORKER,
                    "code",
                    "outage",
                    "reason",
                    "Nebius answered 502.",
                    "counts",
                    true,
                    "billed",
                    "no")),
            new Logged(
                "failed",
                "attempts_exhausted",
                Map.of("attempt", 5, "code", "outage", "reason", why)));
    assertThat(ended)
        .asInstanceOf(type(Rescheduled.Exhausted.class))
        .satisfies(exhausted -> {
          assertThat(exhausted.job().event().status()).isEqualTo(JobStatus.FAILED);
          assertThat(exhausted.job().event().attempts()).isEqualTo(5);
          assertThat(exhausted.job().event().errorMessage()).isEqualTo(why);
        });
  }

  @Test
  void an_unknown_outcome_is_logged_as_such() {
    var attempt = aHeldJob().heldIn(ledger);
    var unknown =
        new RetryableFailure(
            Step.ATTEMPT_OUTCOME_UNKNOWN, "timeout", "No\0 answer.", true, Duration.ZERO);

    ledger.jobStore.rescheduleIfHeld(attempt, unknown);

    assertThatJob(ledger, attempt.requestId())
        .has("error_message", "No answer.")
        .hasTime("due_at", Duration.ZERO)
        .hasSteps("attempt_outcome_unknown", "retry_scheduled");
  }

  @Test
  void where_a_second_bill_is_ruled_out_an_unknown_outcome_ends_the_job_and_counts() {
    var strict = ledger.withPolicy(5, UnknownOutcomePolicy.FAIL);
    var unknown = aHeldJob().heldIn(ledger);
    var failed = aHeldJob().heldIn(ledger);

    var ended =
        strict.jobStore.rescheduleIfHeld(
            unknown,
            new RetryableFailure(
                Step.ATTEMPT_OUTCOME_UNKNOWN, "timeout", "No answer.", false, Duration.ZERO));
    var goesOn = strict.jobStore.rescheduleIfHeld(failed, failed(true));

    assertThat(ended).isInstanceOf(Rescheduled.Exhausted.class);
    assertThat(goesOn).isInstanceOf(Rescheduled.DueAgain.class);
    assertThatJob(ledger, unknown.requestId())
        .isFailedWith("timeout")
        .has("failures", 1)
        .hasSteps("attempt_outcome_unknown", "attempts_exhausted");
  }

  static Stream<JobFixture> jobs_that_an_attempt_no_longer_holds() {
    return Stream.of(
        aQueuedJob(),
        aWaitingJob(),
        aHeldJob().heldBy("worker-2"),
        aHeldJob().withAttempts(2),
        aCompletedJob(),
        aFailedJob());
  }

  @ParameterizedTest
  @MethodSource
  void jobs_that_an_attempt_no_longer_holds(JobFixture job) {
    var id = job.in(ledger);

    assertThat(ledger.jobStore.rescheduleIfHeld(new Attempt(id, 1, WORKER, CLAIM), failed(true)))
        .isEqualTo(new Rescheduled.NotHeld(id));

    assertThatJob(ledger, id).has("failures", 0).hasNoSteps();
  }

  private static RetryableFailure failed(boolean counts) {
    return new RetryableFailure(
        Step.ATTEMPT_FAILED, "outage", "Nebius answered 502.", counts, DELAY);
  }
}
