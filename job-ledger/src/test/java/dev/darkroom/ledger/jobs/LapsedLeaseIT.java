package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.CLAIM;
import static dev.darkroom.ledger.jobs.JobFixture.SILENT;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.model.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LapsedLeaseIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_job_whose_worker_fell_silent_is_due_again_at_once() {
    var lapsed = aLapsedJob().withAttempts(2).withFailures(1).in(ledger);
    var held = aHeldJob().in(ledger);
    aQueuedJob().in(ledger);
    aCompletedJob().in(ledger);

    assertThat(ledger.rescue(10)).singleElement().isInstanceOf(Rescheduled.DueAgain.class);

    assertThatJob(ledger, lapsed)
        .isFree()
        .has("failures", 2)
        .has("error_code", "outcome_unknown")
        .has("enqueued_at", null)
        .hasTime("due_at", Duration.ZERO)
        .hasTime("publish_after", Duration.ZERO)
        .hasSteps("attempt_outcome_unknown", "retry_scheduled");
    assertThat(assertThatJob(ledger, lapsed).log().getFirst())
        .isEqualTo(
            new Logged(
                "processing",
                "attempt_outcome_unknown",
                Map.of(
                    "attempt",
                    2,
                    "worker",
                    SILENT,
                    "code",
                    "outcome_unknown",
                    "reason",
                    "The worker's lease lapsed; whether Nebius carried out the call is unknown.",
                    "counts",
                    true,
                    "billed",
                    "unknown")));
    assertThatJob(ledger, held).hasNoSteps();
  }

  @Test
  void where_a_second_bill_is_ruled_out_a_silent_worker_ends_the_job() {
    var lapsed = aLapsedJob().in(ledger);

    assertThat(ledger.withPolicy(3, UnknownOutcomePolicy.FAIL).rescue(10))
        .singleElement()
        .isInstanceOf(Rescheduled.Exhausted.class);

    assertThatJob(ledger, lapsed)
        .isFailedWith("outcome_unknown")
        .hasSteps("attempt_outcome_unknown", "attempts_exhausted");
  }

  @Test
  void a_worker_that_falls_silent_on_the_last_attempt_ends_the_job() {
    var lapsed = aLapsedJob().withAttempts(3).withFailures(2).in(ledger);

    ledger.rescue(10);

    assertThatJob(ledger, lapsed)
        .isFailedWith("outcome_unknown")
        .hasSteps("attempt_outcome_unknown", "attempts_exhausted");
  }

  @Test
  void the_longest_lapsed_are_rescued_first_and_not_more_than_asked_for() {
    var first = aLapsedJob().heldBy("one").lease(Duration.ofSeconds(-9)).in(ledger);
    var third = aLapsedJob().heldBy("two").lease(Duration.ofSeconds(-1)).in(ledger);
    var second = aLapsedJob().heldBy("three").lease(Duration.ofSeconds(-5)).in(ledger);

    assertThat(ledger.rescue(2)).hasSize(2);

    assertThatJob(ledger, first).isFree();
    assertThatJob(ledger, second).isFree();
    assertThatJob(ledger, third).hasNoSteps();
  }

  @Test
  void an_overdue_job_fails_wherever_it_is() {
    var queued = aQueuedJob().overdue().in(ledger);
    var waiting = aWaitingJob().withLastError("It was busy.").overdue().in(ledger);
    var held = aHeldJob().overdue().in(ledger);
    var inTime = aQueuedJob().in(ledger);
    aCompletedJob().overdue().in(ledger);
    aFailedJob().overdue().in(ledger);

    assertThat(ledger.endOverdue(10))
        .extracting(job -> job.event().requestId())
        .containsExactlyInAnyOrder(queued, waiting, held);

    assertThatJob(ledger, queued)
        .isFailedWith("deadline_exceeded")
        .has("error_message", "The job was not finished by its deadline.")
        .has("attempt", 0)
        .hasTime("publish_after", TestingLedger.RESERVATION)
        .hasSteps("deadline_exceeded");
    assertThatJob(ledger, waiting)
        .isFailedWith("deadline_exceeded")
        .has(
            "error_message",
            "The job was not finished by its deadline. The last error: It was busy.")
        .hasSteps("deadline_exceeded");
    assertThatJob(ledger, held)
        .isFailedWith("deadline_exceeded")
        .has("failures", 1)
        .hasSteps("attempt_outcome_unknown", "deadline_exceeded");
    assertThatJob(ledger, inTime).isFree().hasNoSteps();
  }

  @Test
  void the_steps_of_an_overdue_job_say_what_became_of_its_call() {
    var attempt = aHeldJob().withAttempts(2).overdue().heldIn(ledger);

    var ended = ledger.endOverdue(10).getFirst();

    var deadline =
        ledger
            .asOwner
            .sql("select to_jsonb(deadline_at) #>> '{}' from public.generation_jobs")
            .query(String.class)
            .single();
    assertThatJob(ledger, attempt.requestId())
        .hasExactly(
            new Logged(
                "processing",
                "attempt_outcome_unknown",
                Map.of(
                    "attempt",
                    2,
                    "worker",
                    WORKER,
                    "code",
                    "deadline_exceeded",
                    "reason",
                    "The deadline came while the call was under way.",
                    "counts",
                    true,
                    "billed",
                    "unknown")),
            new Logged(
                "failed",
                "deadline_exceeded",
                Map.of(
                    "attempt",
                    2,
                    "deadline",
                    deadline,
                    "code",
                    "deadline_exceeded",
                    "reason",
                    "The job was not finished by its deadline.")));
    assertThat(ended.event().status()).isEqualTo(JobStatus.FAILED);
    assertThat(ended.event().failedAt()).isEqualTo(ended.finishedAt());
  }

  @Test
  void a_job_that_may_have_a_picture_ends_when_somebody_has_looked_or_after_a_while() {
    var queued = aQueuedJob().overdue().in(ledger);
    var limited = aWaitingJob().with("error_code", "rate_limited").overdue().in(ledger);
    var unknown = aWaitingJob().with("error_code", "outcome_unknown").overdue().in(ledger);
    var held = aHeldJob().overdue().heldIn(ledger);
    var longOverdue = aHeldJob().deadline(Duration.ofSeconds(-20)).in(ledger);
    var patience = Duration.ofSeconds(10);

    assertThat(ledger.outcomeStore.endOverdue(10, List.of(), patience))
        .extracting(job -> job.event().requestId())
        .containsExactlyInAnyOrder(queued, limited, longOverdue);
    assertThat(ledger.jobQueries.findOverdueAttempts(10))
        .extracting(Attempt::requestId)
        .containsExactlyInAnyOrder(unknown, held.requestId());

    var later = new Attempt(unknown, 2, WORKER, CLAIM);
    assertThat(ledger.outcomeStore.endOverdue(10, List.of(held, later), patience))
        .extracting(job -> job.event().requestId())
        .containsExactly(held.requestId());
    assertThatJob(ledger, unknown).hasNoSteps();
  }

  @Test
  void nobody_looks_for_a_picture_where_the_last_attempt_left_none() {
    for (var code : List.of("rate_limited", "provider_unavailable", "bad_reply", "withdrawn")) {
      aWaitingJob().with("error_code", code).overdue().in(ledger);
    }

    assertThat(ledger.jobQueries.findOverdueAttempts(10)).isEmpty();
    assertThat(ledger.outcomeStore.endOverdue(10, List.of(), Duration.ofMinutes(1))).hasSize(4);
  }

  @Test
  void the_longest_overdue_end_first_and_not_more_than_asked_for() {
    aQueuedJob().deadline(Duration.ofSeconds(-1)).in(ledger);
    var first = aQueuedJob().deadline(Duration.ofSeconds(-9)).in(ledger);

    assertThat(ledger.endOverdue(1))
        .extracting(job -> job.event().requestId())
        .containsExactly(first);
  }

  @Test
  void only_jobs_that_somebody_has_begun_may_have_a_picture_when_their_time_is_up() {
    aQueuedJob().overdue().in(ledger);
    aHeldJob().in(ledger);
    aFailedJob().overdue().in(ledger);
    var waiting = aWaitingJob().withAttempts(2).overdue().deadline(Duration.ofSeconds(-9));
    var held = aHeldJob().overdue();

    assertThat(ledger.jobQueries.findOverdueAttempts(10)).isEmpty();
    var attempts = List.of(waiting.heldIn(ledger), held.heldIn(ledger));

    assertThat(ledger.jobQueries.findOverdueAttempts(10)).isEqualTo(attempts);
    assertThat(ledger.jobQueries.findOverdueAttempts(1)).isEqualTo(attempts.subList(0, 1));
  }
}
