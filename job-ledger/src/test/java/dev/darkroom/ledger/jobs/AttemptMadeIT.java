package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.Job.AttemptMade.AttemptResult;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What the transitions write is what the attempts are read from. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class AttemptMadeIT {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final TestingLedger ledger = TestingLedger.empty();
  private final RequestId job =
      ledger.accept(List.of(NewJobFixture.aNewJob())).getFirst().message().requestId();

  @Test
  void a_job_that_nobody_has_called_for_has_no_attempts() {
    assertThat(attempts()).isEmpty();
  }

  @Test
  void a_job_that_failed_was_lost_and_then_succeeded_has_three_attempts() {
    var first = claim("one", LEASE);
    assertThat(attempts()).extracting(AttemptMade::end).containsOnlyNulls();
    ledger.jobStore.rescheduleIfHeld(
        first,
        new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "It was down.", true, Duration.ZERO));
    claim("two", Duration.ZERO);
    ledger.rescue(10);
    ledger.outcomeStore.completeIfCurrent(claim("three", LEASE), PICTURE, Map.of());

    var attempts = attempts();
    assertThat(attempts).extracting(AttemptMade::number).containsExactly(1, 2, 3);
    assertThat(attempts).extracting(AttemptMade::worker).containsExactly("one", "two", "three");
    assertThat(outcomes())
        .containsExactly(AttemptResult.FAILED, AttemptResult.UNKNOWN, AttemptResult.SUCCEEDED);
    assertThat(requireNonNull(attempts.get(0).end()).reason()).isEqualTo("It was down.");
    assertThat(requireNonNull(attempts.get(1).end()).reason()).contains("lease lapsed");
    assertThat(requireNonNull(attempts.get(2).end()).reason()).isNull();
    assertThat(attempts)
        .allSatisfy(
            made -> assertThat(requireNonNull(made.end()).at()).isAfterOrEqualTo(made.startedAt()));
  }

  @Test
  void a_late_picture_makes_an_unknown_attempt_a_success() {
    var frozen = claim("frozen", Duration.ZERO);
    ledger.rescue(10);
    assertThat(outcomes()).containsExactly(AttemptResult.UNKNOWN);

    ledger.outcomeStore.completeIfCurrent(frozen, PICTURE, Map.of());

    assertThat(outcomes()).containsExactly(AttemptResult.SUCCEEDED);
  }

  @Test
  void a_rejected_job_has_a_failed_attempt() {
    ledger.outcomeStore.failIfCurrent(
        claim("one", LEASE), Step.NEBIUS_API_ERROR, "rejected", "It did not want it.", Map.of());

    assertThat(outcomes()).containsExactly(AttemptResult.FAILED);
  }

  @Test
  void an_attempt_that_was_given_back_before_its_call_was_not_made() {
    var reason = "No call was made: the worker could not begin the job.";
    ledger.jobStore.rescheduleIfHeld(
        claim("one", LEASE),
        new RetryableFailure(Step.ATTEMPT_FAILED, "withdrawn", reason, false, Duration.ZERO)
            .withoutCall());

    assertThat(outcomes()).containsExactly(AttemptResult.NOT_MADE);
    assertThat(AttemptResult.NOT_MADE.word()).isEqualTo("not_made");
    assertThat(ledger.jobQueries.find(job, Visibility.ALL).orElseThrow().steps())
        .filteredOn(step -> step.step().equals("attempt_failed"))
        .singleElement()
        .extracting(LogEntry::details, InstanceOfAssertFactories.MAP)
        .containsEntry("called", false)
        .containsEntry("counts", false)
        .containsEntry("reason", reason);
    JobAssert.assertThatJob(ledger, job).has("failures", 0);
  }

  @Test
  void of_an_unknown_outcome_nobody_says_that_no_call_was_made() {
    var unknown =
        new RetryableFailure(
            Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "?", true, Duration.ZERO);

    assertThat(unknown.withoutCall()).isEqualTo(unknown);
  }

  @Test
  void a_deadline_makes_the_call_under_way_unknown_and_leaves_earlier_ones_alone() {
    ledger.jobStore.rescheduleIfHeld(
        claim("one", LEASE),
        new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "It was down.", false, Duration.ZERO));
    claim("two", LEASE);
    ledger.asOwner.sql("update public.generation_queue set deadline_at = now()").update();
    ledger.endOverdue(10);

    assertThat(outcomes()).containsExactly(AttemptResult.FAILED, AttemptResult.UNKNOWN);
  }

  private Attempt claim(String worker, Duration lease) {
    return ledger.claim(worker, lease, List.of(job)).getFirst().attempt();
  }

  private List<AttemptMade> attempts() {
    return ledger.jobQueries.find(job, Visibility.ALL).orElseThrow().attempts();
  }

  private List<AttemptResult> outcomes() {
    return attempts().stream().map(made -> requireNonNull(made.end()).outcome()).toList();
  }
}
