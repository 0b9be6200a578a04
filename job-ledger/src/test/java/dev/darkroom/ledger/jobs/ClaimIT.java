package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.ClaimedJob.CallIntent;
import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.model.RequestId;
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
class ClaimIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Map<String, ?> PARAMETERS =
      Map.of("model", "stability-ai/sdxl", "num_inference_steps", 44, "guidance_scale", 7.5);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_claimed_job_is_held_and_the_call_to_come_is_in_the_log() {
    var id = aQueuedJob().in(ledger);

    var claimed = claim("worker-7", id).getFirst();

    assertThat(claimed.attempt()).isEqualTo(new Attempt(id, 1, "worker-7"));
    assertThat(claimed.message().requestId()).isEqualTo(id);
    assertThat(claimed.message().request()).isEqualTo(REQUEST);
    assertThat(claimed.trace()).isEqualTo(TRACE);
    assertThatJob(ledger, id)
        .isHeldBy(claimed.attempt())
        .hasTime("lease_until", LEASE)
        .hasTime("enqueued_at", Duration.ZERO)
        .hasExactly(
            new Logged(
                "processing",
                "calling_nebius_api",
                Map.of("attempt", 1, "worker", "worker-7", "parameters", PARAMETERS)));
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
    var intents = List.of(new CallIntent(waiting, PARAMETERS));
    var lost = ledger.jobStore.claimDue("worker-7", Duration.ofSeconds(1), token, intents);

    var late = aQueuedJob().in(ledger);
    var again =
        ledger.jobStore.claimDue(
            "worker-7",
            LEASE,
            token,
            List.of(new CallIntent(waiting, PARAMETERS), new CallIntent(late, PARAMETERS)));

    assertThat(again)
        .extracting(ClaimedJob::attempt)
        .containsExactlyInAnyOrder(lost.getFirst().attempt(), new Attempt(late, 1, "worker-7"));
    assertThatJob(ledger, waiting)
        .has("attempt", 2)
        .hasTime("lease_until", LEASE)
        .hasSteps("calling_nebius_api");
  }

  @Test
  void a_claim_answers_nobody_else_and_not_after_its_lease() {
    var token = UUID.randomUUID();
    var claimed = aHeldJob().with("claim_token", token).heldIn(ledger);
    var lapsed = aLapsedJob().with("claim_token", token).heldIn(ledger);
    var intents =
        Stream.of(claimed, lapsed)
            .map(attempt -> new CallIntent(attempt.requestId(), PARAMETERS))
            .toList();

    assertThat(ledger.jobStore.claimDue("worker-8", LEASE, token, intents)).isEmpty();
    assertThat(ledger.jobStore.claimDue(JobFixture.WORKER, LEASE, UUID.randomUUID(), intents))
        .isEmpty();
    assertThat(ledger.jobStore.claimDue(JobFixture.WORKER, LEASE, token, intents))
        .extracting(ClaimedJob::attempt)
        .containsExactly(claimed);
  }

  @Test
  void no_intents_claim_nothing() {
    assertThat(claim("worker-7")).isEmpty();
  }

  static Stream<JobFixture> jobs_that_are_not_up_for_claiming() {
    return Stream.of(
        aQueuedJob().due(Duration.ofSeconds(5)),
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
  void a_NUL_in_a_parameter_does_not_cost_the_attempt() {
    var id = aQueuedJob().in(ledger);

    var claimed =
        ledger.claim(
            "worker-7", LEASE, List.of(new CallIntent(id, Map.of("prompt", "a\0b \\u0000"))));

    assertThat(claimed).hasSize(1);
    assertThat(assertThatJob(ledger, id).log().getFirst().details())
        .containsEntry("parameters", Map.of("prompt", "ab \\u0000"));
  }

  @Test
  void notes_stand_beside_the_parameters() {
    var id = aQueuedJob().in(ledger);

    ledger.claim(
        "worker-7",
        LEASE,
        List.of(new CallIntent(id, PARAMETERS, Map.of("cut", Map.of("prompt", "x")))));

    assertThat(assertThatJob(ledger, id).log().getFirst().details())
        .containsEntry("parameters", PARAMETERS)
        .containsEntry("cut", Map.of("prompt", "x"))
        .containsEntry("worker", "worker-7");
  }

  @Test
  void a_heartbeat_renews_what_is_in_hand_and_still_held_and_nothing_else() {
    var mine = aHeldJob().lease(Duration.ofSeconds(1)).heldIn(ledger);
    var lapsedButMine = aLapsedJob().withAttempts(3).heldIn(ledger);
    var mineButNotInHand = aHeldJob().lease(Duration.ofSeconds(5)).heldIn(ledger);
    var anothers = aHeldJob().heldBy("worker-2").lease(Duration.ofSeconds(5)).heldIn(ledger);
    var released = aWaitingJob().with("worker_id", JobFixture.WORKER).in(ledger);
    var before = assertThatJob(ledger, mineButNotInHand.requestId()).time("lease_until");

    var inHand =
        List.of(mine, lapsedButMine, anothers, new Attempt(released, 1, JobFixture.WORKER));
    assertThat(ledger.jobStore.heartbeatOfHeld(JobFixture.WORKER, LEASE, inHand))
        .containsExactlyInAnyOrder(mine, lapsedButMine);

    assertThatJob(ledger, mine.requestId()).hasTime("lease_until", LEASE).hasNoSteps();
    assertThat(assertThatJob(ledger, mineButNotInHand.requestId()).time("lease_until"))
        .isEqualTo(before);
  }

  @Test
  void what_a_claim_got_whose_answer_was_lost_stays_held_and_is_told() {
    var token = UUID.randomUUID();
    var mine = aHeldJob().with("claim_token", token).lease(Duration.ofSeconds(2));
    var unheardOf = mine.heldIn(ledger);
    mine.heldBy("worker-2").heldIn(ledger);
    aHeldJob().with("claim_token", UUID.randomUUID()).heldIn(ledger);
    aWaitingJob().with("claim_token", token).with("worker_id", JobFixture.WORKER).in(ledger);

    assertThat(
            ledger.jobStore.heartbeatOfUnanswered(
                JobFixture.WORKER, LEASE, List.of(UUID.randomUUID(), token), List.of()))
        .containsExactly(unheardOf);
    assertThat(
            ledger.jobStore.heartbeatOfUnanswered(
                JobFixture.WORKER, LEASE, List.of(token), List.of(unheardOf)))
        .as("what was begun is renewed, or left to the rescue, by itself")
        .isEmpty();

    assertThatJob(ledger, unheardOf.requestId()).hasTime("lease_until", LEASE).hasNoSteps();
    assertThat(
            ledger.jobStore.heartbeatOfUnanswered(JobFixture.WORKER, LEASE, List.of(), List.of()))
        .isEmpty();
  }

  private List<ClaimedJob> claim(String worker, RequestId... ids) {
    return ledger.claim(
        worker, LEASE, Stream.of(ids).map(id -> new CallIntent(id, PARAMETERS)).toList());
  }
}
