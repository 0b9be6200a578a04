package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aJobInLine;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
class ClaimIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_claimed_job_is_held_and_the_call_to_come_is_in_the_log() {
    var id = aQueuedJob().in(ledger);

    var claimed = claim("worker-7", id).getFirst();

    assertThat(claimed.attempt())
        .isEqualTo(new Attempt(id, 1, "worker-7", claimed.attempt().claim()));
    assertThat(claimed.userId()).isEqualTo("ada");
    assertThat(claimed.parameters()).isEqualTo(CALL.get("parameters"));
    assertThat(claimed.trace()).isEqualTo(TRACE);
    assertThatJob(ledger, id)
        .isHeldBy(claimed.attempt())
        .hasTime("lease_until", LEASE)
        .hasTime("enqueued_at", Duration.ZERO)
        .hasExactly(
            new Logged(
                "processing",
                "calling_nebius_api",
                Map.of(
                    "attempt",
                    1,
                    "worker",
                    "worker-7",
                    "provider",
                    "nebius",
                    "parameters",
                    claimed.parameters())));
  }

  @Test
  void each_attempt_has_the_next_number_and_an_intent_of_its_own() {
    var id = aWaitingJob().withAttempts(2).withFailures(1).in(ledger);

    assertThat(claim("worker-7", id).getFirst().attempt().number()).isEqualTo(3);

    assertThatJob(ledger, id).has("failures", 1).hasSteps("calling_nebius_api");
    assertThat(assertThatJob(ledger, id).log().getFirst().details()).containsEntry("attempt", 3);
  }

  @Test
  void a_batch_takes_what_it_may_have_and_leaves_the_rest() {
    var queued = aQueuedJob().in(ledger);
    var waiting = aWaitingJob().in(ledger);
    var held = aHeldJob().in(ledger);
    var unknown = new RequestId(UUID.randomUUID());

    assertThat(claim("worker-7", queued, held, unknown, waiting))
        .extracting(claimed -> claimed.attempt().requestId())
        .containsExactlyInAnyOrder(queued, waiting);
    assertThatJob(ledger, held).has("worker_id", JobFixture.WORKER).hasNoSteps();
  }

  /** Else no job begins for as long as the database's clock was put back by. */
  @Test
  void what_was_dispatched_is_due_also_where_the_clock_was_put_back() {
    var ahead = Duration.ofHours(1);
    var dispatched = aQueuedJob().due(ahead).in(ledger);
    var inLine = aJobInLine("ada", 1).with("due_at", Instant.now().plus(ahead)).in(ledger);
    var later = aWaitingJob().due(ahead).in(ledger);
    var token = UUID.randomUUID();
    var jobs = List.of(dispatched, inLine, later);

    assertThat(ledger.jobStore.claimDue("worker-7", LEASE, token, jobs))
        .extracting(claimed -> claimed.attempt().requestId())
        .containsExactlyInAnyOrder(dispatched, inLine);
    assertThat(ledger.jobStore.claimDue("worker-7", LEASE, token, jobs))
        .as("the answer was lost")
        .hasSize(2);
  }

  @Test
  void and_can_be_put_off() {
    var dispatched = aQueuedJob().due(Duration.ofHours(1)).in(ledger);

    ledger.jobStore.putOff(List.of(dispatched), Duration.ofSeconds(5));

    assertThatJob(ledger, dispatched).has("state", "due").hasTime("due_at", Duration.ofSeconds(5));
  }

  @Test
  void a_job_that_is_twice_in_a_batch_is_claimed_once() {
    var id = aQueuedJob().in(ledger);

    assertThat(claim("worker-7", id, id)).hasSize(1);

    assertThatJob(ledger, id).has("attempt", 1).hasSteps("calling_nebius_api");
  }

  @Test
  void a_claim_whose_answer_was_lost_is_answered_again_and_begins_nothing_new() {
    var waiting = aWaitingJob().in(ledger);
    var token = UUID.randomUUID();
    var jobs = List.of(waiting);
    var lost = ledger.jobStore.claimDue("worker-7", Duration.ofSeconds(1), token, jobs);

    var late = aQueuedJob().in(ledger);
    var again = ledger.jobStore.claimDue("worker-7", LEASE, token, List.of(waiting, late));

    assertThat(again)
        .extracting(ClaimedJob::attempt)
        .containsExactlyInAnyOrder(
            lost.getFirst().attempt(), new Attempt(late, 1, "worker-7", token));
    assertThatJob(ledger, waiting)
        .has("attempt", 2)
        .hasTime("lease_until", LEASE)
        .hasSteps("calling_nebius_api");
  }

  @Test
  void a_call_goes_to_the_provider_of_the_plan_by_its_name_for_the_model_and_the_log_says_so() {
    var id = aQueuedJob().in(ledger);
    var token = UUID.randomUUID();

    var claimed = ledger.jobStore.claimDue("worker-7", LEASE, token, plan(id, "spare")).getFirst();
    var again = ledger.jobStore.claimDue("worker-7", LEASE, token, plan(id, "nebius")).getFirst();

    assertThat(claimed.provider()).isEqualTo("spare");
    assertThat(claimed.model()).isEqualTo("stability-ai/sdxl");
    assertThat(claimed.parameters()).isEqualTo(Map.of("model", "sdxl-1.0", "guidance_scale", 7.5));
    assertThat(again.provider()).as("the call was announced").isEqualTo("spare");
    assertThat(again.parameters()).isEqualTo(claimed.parameters());
    var failure =
        new RetryableFailure(
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            "spare answered 529",
            false,
            Duration.ZERO);
    ledger.jobStore.rescheduleIfHeld(claimed.attempt(), failure);
    var details = assertThatJob(ledger, id).log().stream().map(Logged::details).toList();
    assertThat(details.getFirst())
        .containsEntry("provider", "spare")
        .containsEntry("parameters", claimed.parameters());
    assertThat(details.get(1)).containsEntry("provider", "spare");
    ledger.fairQueue.drawForDue(10);
    assertThat(ledger.fairQueue.dispatch(10, 10, 10).orElseThrow().jobs())
        .extracting(job -> job.message().failedProvider())
        .containsExactly("spare");
  }

  private static ClaimPlan plan(RequestId job, String provider) {
    return new ClaimPlan(
        new LinkedHashMap<>(Map.of(job, provider)),
        Map.of("spare", Map.of("stability-ai/sdxl", "sdxl-1.0"), "nebius", Map.of()));
  }

  @Test
  void a_claim_answers_nobody_else_and_not_what_its_worker_gave_up() {
    var token = UUID.randomUUID();
    var claimed = aHeldJob().with("claim_token", token).heldIn(ledger);
    var abandoned = aHeldJob().with("claim_token", token).heldIn(ledger);
    ledger.workerStore.abandon(List.of(abandoned));
    var jobs = List.of(claimed.requestId(), abandoned.requestId());

    assertThat(ledger.jobStore.claimDue("worker-8", LEASE, token, jobs)).isEmpty();
    assertThat(ledger.jobStore.claimDue(JobFixture.WORKER, LEASE, UUID.randomUUID(), jobs))
        .isEmpty();
    assertThat(ledger.jobStore.claimDue(JobFixture.WORKER, LEASE, token, jobs))
        .extracting(ClaimedJob::attempt)
        .containsExactly(claimed);
  }

  @Test
  void no_jobs_claim_nothing() {
    assertThat(claim("worker-7")).isEmpty();
  }

  static Stream<JobFixture> jobs_that_are_not_up_for_claiming() {
    return Stream.of(
        aWaitingJob().due(Duration.ofSeconds(5)),
        aHeldJob(),
        aLapsedJob(),
        aQueuedJob().overdue(),
        aWaitingJob().overdue(),
        aCompletedJob(),
        aFailedJob());
  }

  @ParameterizedTest
  @MethodSource
  void jobs_that_are_not_up_for_claiming(JobFixture job) {
    var id = job.in(ledger);

    assertThat(claim("worker-7", id)).isEmpty();

    assertThatJob(ledger, id).hasNoSteps();
  }

  @Test
  void notes_stand_beside_the_parameters() {
    var call = Map.of("parameters", Map.of("seed", 7), "cut", Map.of("prompt", "x"));
    var id = aQueuedJob().with("call", call).in(ledger);

    assertThat(claim("worker-7", id).getFirst().parameters()).isEqualTo(Map.of("seed", 7));

    assertThat(assertThatJob(ledger, id).log().getFirst().details())
        .containsEntry("parameters", Map.of("seed", 7))
        .containsEntry("cut", Map.of("prompt", "x"))
        .containsEntry("worker", "worker-7");
  }

  @Test
  void a_claim_renews_the_lease_of_a_worker_that_has_none_for_long() {
    var id = aQueuedJob().in(ledger);
    aHeldJob().heldBy("worker-7").lease(Duration.ofSeconds(9)).in(ledger);

    assertThat(claim("worker-7", id)).hasSize(1);

    assertThatJob(ledger, id).hasTime("lease_until", LEASE);
  }

  @Test
  void a_heartbeat_renews_one_lease_and_tells_what_it_holds() {
    var mine = aHeldJob().lease(Duration.ofSeconds(1)).heldIn(ledger);
    var alsoMine = aHeldJob().withAttempts(3).lease(Duration.ofSeconds(-1)).heldIn(ledger);
    aHeldJob().heldBy("worker-2").lease(Duration.ofSeconds(5)).heldIn(ledger);
    aWaitingJob().in(ledger);
    aCompletedJob().in(ledger);
    var givenUp = aHeldJob().lease(Duration.ofSeconds(-1)).heldIn(ledger);
    assertThat(ledger.workerStore.abandon(List.of(givenUp))).isEqualTo(1);

    assertThat(ledger.workerStore.heartbeat(JobFixture.WORKER, LEASE, JobFixture.BUILD))
        .containsExactlyInAnyOrder(mine, alsoMine);

    assertThatJob(ledger, mine.requestId()).hasTime("lease_until", LEASE).hasNoSteps();
    assertThat(ledger.workerStore.heartbeat("worker-3", LEASE, JobFixture.BUILD)).isEmpty();
  }

  @Test
  void what_a_worker_gives_up_is_rescued_although_the_worker_lives() {
    var givenUp = aHeldJob().heldIn(ledger);
    var held = aHeldJob().heldIn(ledger);
    var anothers = new Attempt(held.requestId(), held.number(), held.workerId(), UUID.randomUUID());

    assertThat(ledger.workerStore.abandon(List.of(givenUp, anothers))).isEqualTo(1);
    assertThat(ledger.rescue(10)).hasSize(1);

    assertThatJob(ledger, givenUp.requestId())
        .isFree()
        .hasSteps("attempt_outcome_unknown", "retry_scheduled");
    assertThatJob(ledger, held.requestId()).isHeldBy(held).hasNoSteps();
  }

  private List<ClaimedJob> claim(String worker, RequestId... ids) {
    return ledger.claim(worker, LEASE, List.of(ids));
  }
}
