package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobMetricsIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_completed_job_counts_once_with_its_time_since_it_was_accepted() {
    var attempt = aHeldJob().heldIn(ledger);
    var _ = ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());
    var _ = ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());

    assertThat(ended("completed", "none")).isEqualTo(1);
    var time = ledger.meters.get("darkroom.jobs.time.to.picture").timer();
    assertThat(time.count()).isEqualTo(1);
    assertThat(time.totalTime(TimeUnit.SECONDS)).isBetween(4.0, 60.0); // accepted 5 s ago
  }

  @Test
  void failed_jobs_count_by_their_code_whoever_ends_them() {
    var _ =
        ledger.outcomeStore.failIfCurrent(
            aHeldJob().heldIn(ledger), Step.NEBIUS_API_ERROR, "rejected", "no", Map.of());
    var last = new RetryableFailure(Step.ATTEMPT_FAILED, "bad_reply", "r", true, Duration.ZERO);
    var _ =
        ledger.jobStore.rescheduleIfHeld(
            aHeldJob().withAttempts(5).withFailures(4).heldIn(ledger), last);
    var _ = aWaitingJob().overdue().in(ledger);
    var _ = ledger.endOverdue(10);

    assertThat(ended("failed", "rejected")).isEqualTo(1);
    assertThat(ended("failed", "bad_reply")).isEqualTo(1);
    assertThat(ended("failed", "deadline_exceeded")).isEqualTo(1);
  }

  @Test
  void an_attempt_that_does_not_end_its_job_does_not_count() {
    var _ =
        ledger.jobStore.rescheduleIfHeld(
            aHeldJob().heldIn(ledger),
            new RetryableFailure(Step.ATTEMPT_FAILED, "bad_reply", "r", true, Duration.ZERO));

    assertThat(ledger.meters.find("darkroom.jobs.ended").tag("code", "bad_reply").counter())
        .isNull();
  }

  @Test
  void the_time_in_the_queue_is_taken_at_the_first_claim_only() {
    var token = UUID.randomUUID();
    var jobs = List.of(aQueuedJob().in(ledger));
    assertThat(ledger.jobStore.claimDue(WORKER, LEASE, token, jobs)).hasSize(1);
    assertThat(ledger.jobStore.claimDue(WORKER, LEASE, token, jobs)).hasSize(1);
    var again = List.of(aWaitingJob().in(ledger));
    assertThat(ledger.claim(WORKER, LEASE, again)).hasSize(1);

    var time = ledger.meters.get("darkroom.jobs.time.in.queue").timer();
    assertThat(time.count()).isEqualTo(1);
    assertThat(time.totalTime(TimeUnit.SECONDS)).isBetween(4.0, 60.0);
  }

  private double ended(String outcome, String code) {
    return ledger
        .meters
        .get("darkroom.jobs.ended")
        .tags("outcome", outcome, "code", code)
        .counter()
        .count();
  }
}
