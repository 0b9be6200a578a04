package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Billing.BillingState;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each call is on the receipt once, as surely billed, surely not, or unknown. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BillingIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @ParameterizedTest
  @CsvSource({"NOT_CALLED, 0, 0, 0", "NO, 1, 0, 0", "YES, 1, 1, 0", "UNKNOWN, 1, 0, 1"})
  void a_call_counts_as_what_is_known_of_it(
      CallBilling billing, int calls, int billed, int unknown) {
    var retried = aHeldJob().heldIn(ledger);
    ledger.jobStore.rescheduleIfHeld(retried, failure().billed(billing));
    assertThatJob(ledger, retried.requestId()).hasCalls(calls, billed, unknown);

    var refused = aHeldJob().heldIn(ledger);
    ledger.outcomeStore.failIfCurrent(
        refused, Step.NEBIUS_API_ERROR, "rejected", "No.", billing, Map.of());
    assertThatJob(ledger, refused.requestId()).hasCalls(calls, billed, unknown);
  }

  @Test
  void the_step_of_an_attempt_says_what_is_known_of_its_call() {
    var attempt = aHeldJob().heldIn(ledger);
    ledger.jobStore.rescheduleIfHeld(attempt, failure().billed(CallBilling.UNKNOWN));

    assertThat(assertThatJob(ledger, attempt.requestId()).log().getFirst().details())
        .containsEntry("billed", "unknown");
  }

  @Test
  void the_calls_of_all_attempts_add_up() {
    var first = aHeldJob().heldIn(ledger);
    ledger.jobStore.rescheduleIfHeld(first, failure().billed(CallBilling.NO));
    var second = claimAgain(first);
    ledger.jobStore.rescheduleIfHeld(second, failure().billed(CallBilling.UNKNOWN));
    var third = claimAgain(second);
    ledger.outcomeStore.completeIfCurrent(third, PICTURE, Map.of());

    assertThatJob(ledger, first.requestId()).isCompleted().hasCalls(3, 1, 1);
    assertThat(ledger.jobQueries.find(first.requestId(), Visibility.ALL).orElseThrow().billing())
        .isEqualTo(new Billing(BillingState.UNKNOWN, 3));
  }

  @Test
  void a_late_report_turns_the_unknown_call_into_a_known_one() {
    var pictured = aLapsedJob().heldIn(ledger);
    var refused = aLapsedJob().heldIn(ledger);
    ledger.rescue(10);
    assertThatJob(ledger, pictured.requestId()).hasCalls(1, 0, 1);

    ledger.outcomeStore.completeIfCurrent(pictured, PICTURE, Map.of());
    ledger.outcomeStore.failIfCurrent(refused, Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of());

    assertThatJob(ledger, pictured.requestId()).isCompleted().hasCalls(1, 1, 0);
    assertThatJob(ledger, refused.requestId()).isFailedWith("rejected").hasCalls(1, 0, 0);
  }

  @Test
  void a_picture_that_was_stored_before_shows_that_one_unknown_call_was_billed() {
    var lapsed = aLapsedJob().heldIn(ledger);
    ledger.rescue(10);
    var next = claimAgain(lapsed);

    ledger.outcomeStore.completeIfCurrent(next, PICTURE, CallBilling.NOT_CALLED, Map.of());

    assertThatJob(ledger, lapsed.requestId()).isCompleted().hasCalls(1, 1, 0);
  }

  @Test
  void a_call_that_the_deadline_overtakes_is_unknown() {
    var attempt = aHeldJob().overdue().heldIn(ledger);
    ledger.endOverdue(10);

    assertThatJob(ledger, attempt.requestId()).hasCalls(1, 0, 1);
  }

  @Test
  void the_call_under_way_is_unknown() {
    var attempt = aHeldJob().heldIn(ledger);

    assertThat(ledger.jobQueries.find(attempt.requestId(), Visibility.ALL).orElseThrow().billing())
        .isEqualTo(new Billing(BillingState.UNKNOWN, 1));
  }

  private Attempt claimAgain(Attempt before) {
    ledger.asOwner.sql("update public.generation_queue set due_at = now()").update();
    return ledger
        .claim("worker-2", Duration.ofSeconds(30), List.of(before.requestId()))
        .getFirst()
        .attempt();
  }

  private static RetryableFailure failure() {
    return new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "Down.", false, Duration.ZERO);
  }
}
