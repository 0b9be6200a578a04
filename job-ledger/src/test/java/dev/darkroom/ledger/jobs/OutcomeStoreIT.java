package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.CLAIM;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OutcomeStoreIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_completed_job_has_its_picture_its_step_and_its_event() {
    var attempt = aHeldJob().withAttempts(2).withLastError("It was busy.").heldIn(ledger);

    var finished = complete(attempt).orElseThrow();

    assertThat(finished.event())
        .isEqualTo(
            new GenerationEvent(
                attempt.requestId(),
                "ada",
                JobStatus.COMPLETED,
                2,
                PICTURE.url(),
                PICTURE.sha256(),
                PICTURE.contentType(),
                PICTURE.bytes(),
                finished.finishedAt(),
                null,
                null,
                null));
    assertThat(finished.trace()).isEqualTo(TRACE);
    var job = assertThatJob(ledger, attempt.requestId());
    var took = Duration.between(job.time("created_at"), finished.finishedAt());
    job.isCompleted()
        .has("image_url", PICTURE.url())
        .has("image_sha256", PICTURE.sha256())
        .has("image_content_type", PICTURE.contentType())
        .has("image_bytes", PICTURE.bytes())
        .has("error_code", null)
        .has("error_message", null)
        .hasTime("publish_after", TestingLedger.RESERVATION)
        .hasExactly(
            new Logged(
                "completed",
                "image_generated",
                Map.of(
                    "attempt",
                    2,
                    "worker",
                    WORKER,
                    "billed",
                    "yes",
                    "millis",
                    812,
                    "jobMillis",
                    Math.toIntExact(Math.round(took.toNanos() / 1e6)),
                    "contentType",
                    PICTURE.contentType(),
                    "bytes",
                    4096,
                    "sha256",
                    PICTURE.sha256())));
    assertThat(
            ledger
                .jobQueries
                .find(attempt.requestId(), Visibility.ALL)
                .orElseThrow()
                .steps()
                .getFirst()
                .imageUrl())
        .isEqualTo(PICTURE.url());
  }

  @Test
  void a_failed_job_says_why_in_the_row_the_step_and_the_event() {
    var attempt = aHeldJob().heldIn(ledger);

    var finished = fail(attempt, "Nebius said: \0no").orElseThrow();

    assertThat(finished.event())
        .isEqualTo(
            new GenerationEvent(
                attempt.requestId(),
                "ada",
                JobStatus.FAILED,
                1,
                null,
                null,
                null,
                null,
                null,
                "rejected",
                "Nebius said: no",
                finished.finishedAt()));
    assertThatJob(ledger, attempt.requestId())
        .isFailedWith("rejected")
        .has("error_message", "Nebius said: no")
        .has("image_url", null)
        .hasTime("publish_after", TestingLedger.RESERVATION)
        .hasExactly(
            new Logged(
                "failed",
                "nebius_api_error",
                Map.of(
                    "attempt",
                    1,
                    "worker",
                    WORKER,
                    "billed",
                    "no",
                    "httpStatus",
                    422,
                    "code",
                    "rejected",
                    "reason",
                    "Nebius said: no")));
  }

  @Test
  void an_attempt_whose_lease_lapsed_may_complete_until_the_next_begins() {
    var lapsed = aLapsedJob().heldIn(ledger);
    var rescued = aWaitingJob().withFailures(1).heldIn(ledger);

    assertThat(complete(lapsed)).isPresent();
    assertThat(complete(rescued)).isPresent();

    assertThatJob(ledger, lapsed.requestId()).isCompleted();
    assertThatJob(ledger, rescued.requestId()).isCompleted();
  }

  /** As after a failover that lost the first claim: the number is used again. */
  static Stream<JobFixture> jobs_that_an_attempt_can_not_end() {
    return Stream.of(
        aHeldJob().heldBy("worker-2"),
        aHeldJob().with("claim_token", UUID.randomUUID()),
        aHeldJob().withAttempts(2).heldBy("worker-2"),
        aWaitingJob().withAttempts(2),
        aCompletedJob(),
        aFailedJob());
  }

  @ParameterizedTest
  @MethodSource
  void jobs_that_an_attempt_can_not_end(JobFixture job) {
    var id = job.in(ledger);
    var attempt = new Attempt(id, 1, WORKER, CLAIM);
    var before = row(attempt);

    assertThat(complete(attempt)).isEmpty();
    assertThat(fail(attempt, "no")).isEmpty();

    assertThat(row(attempt)).isEqualTo(before);
    assertThatJob(ledger, id).hasNoSteps();
  }

  @Test
  void after_a_failover_that_lost_the_claim_its_picture_still_counts() {
    var lost = new Attempt(aQueuedJob().in(ledger), 1, WORKER, CLAIM);

    assertThat(complete(lost).orElseThrow().event().attempts()).isEqualTo(1);

    assertThatJob(ledger, lost.requestId()).isCompleted().hasSteps("image_generated");
  }

  @Test
  void a_step_that_does_not_end_a_job_can_not_fail_one() {
    var attempt = aHeldJob().heldIn(ledger);

    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ledger.outcomeStore.failIfCurrent(attempt, Step.ATTEMPT_FAILED, "a", "b", Map.of()))
        .withMessage("attempt_failed does not end a job");
  }

  private Optional<FinishedJob> complete(Attempt attempt) {
    return ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of("millis", 812));
  }

  private Optional<FinishedJob> fail(Attempt attempt, String message) {
    return ledger.outcomeStore.failIfCurrent(
        attempt, Step.NEBIUS_API_ERROR, "rejected", message, Map.of("httpStatus", 422));
  }

  private String row(Attempt attempt) {
    return ledger
        .asOwner
        .sql(
            """
            select job::text || coalesce(queued::text, '') from public.generation_jobs job
            left join public.generation_queue queued using (request_id) where request_id = :id
            """)
        .param("id", attempt.requestId().value())
        .query(String.class)
        .single();
  }
}
