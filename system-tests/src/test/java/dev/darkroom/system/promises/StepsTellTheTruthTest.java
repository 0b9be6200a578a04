package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.evidence.ObservedCall.SimulatorReply;
import dev.darkroom.system.evidence.StepRow;
import dev.darkroom.system.promises.Promise.Breach;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StepsTellTheTruthTest {
  @Test
  void a_log_that_does_not_begin_with_the_request_breaks_it() {
    assertThat(said(TestingJob.completed().without(Step.REQUEST_RECEIVED)))
        .containsExactly("the log does not begin with request_received, or has it more than once");
  }

  @Test
  void a_request_that_was_received_twice_breaks_it() {
    assertThat(said(TestingJob.completed().step(Step.REQUEST_RECEIVED, 5, Map.of())))
        .containsExactly("the log does not begin with request_received, or has it more than once");
  }

  @Test
  void a_step_after_the_end_breaks_it() {
    var job = TestingJob.completed().step(Step.RETRY_SCHEDULED, 1_300, Map.of("attempt", 2));
    assertThat(said(job)).containsExactly("something was logged after the job's end");
  }

  @Test
  void a_step_dated_before_the_one_before_it_breaks_it() {
    var job =
        TestingJob.completed()
            .changingSteps(
                row -> row.step() == Step.RETRY_SCHEDULED, row -> dated(row, TestingJob.at(19)));
    assertThat(said(job)).singleElement().asString().contains("is dated before the one before it");
  }

  @Test
  void a_step_with_the_status_of_another_breaks_it() {
    var job =
        TestingJob.completed()
            .changingSteps(
                row -> row.step() == Step.RETRY_SCHEDULED,
                row ->
                    new StepRow(
                        row.requestId(),
                        row.seq(),
                        row.step(),
                        JobStatus.STARTED,
                        row.at(),
                        row.details(),
                        null));
    assertThat(said(job))
        .singleElement()
        .asString()
        .startsWith("a step has a status that is not its own");
  }

  @Test
  void an_attempt_that_was_never_announced_breaks_it() {
    var job =
        TestingJob.completed()
            .withoutSteps(row -> row.step() == Step.CALLING_NEBIUS_API && row.attempt() == 1);
    assertThat(said(job)).contains("attempts are numbered [2], and the job had 2");
  }

  @Test
  void an_attempt_that_was_announced_twice_breaks_it() {
    var job =
        TestingJob.completed()
            .step(
                Step.CALLING_NEBIUS_API,
                1_005,
                Map.of("attempt", 2, "parameters", TestingJob.parameters()));
    assertThat(said(job)).contains("attempts are numbered [1, 2, 2], and the job had 2");
  }

  @Test
  void an_outcome_before_its_intent_breaks_it() {
    var job =
        TestingJob.completed()
            .without(Step.RETRY_SCHEDULED)
            .step(Step.RETRY_SCHEDULED, 5, Map.of("attempt", 1));
    assertThat(said(job)).singleElement().asString().startsWith("attempt 1 ended before it began");
  }

  @Test
  void an_outcome_after_the_next_attempt_has_begun_breaks_it() {
    var job =
        TestingJob.completed()
            .without(Step.RETRY_SCHEDULED)
            .step(Step.RETRY_SCHEDULED, 1_100, Map.of("attempt", 1));
    assertThat(said(job))
        .singleElement()
        .asString()
        .startsWith("attempt 1 ended after the next had begun");
  }

  @Test
  void an_attempt_with_two_outcomes_breaks_it() {
    var job = TestingJob.completed().step(Step.ATTEMPT_OUTCOME_UNKNOWN, 20, Map.of("attempt", 1));
    assertThat(said(job)).containsExactly("attempt 1 ended 2 times");
  }

  @Test
  void an_attempt_that_failed_and_brought_the_picture_breaks_it() {
    var job =
        TestingJob.completed()
            .step(
                Step.ATTEMPT_FAILED,
                1_100,
                Map.of("attempt", 2, "code", "bad_reply", "reason", "It broke off."));
    assertThat(said(job)).containsExactly("attempt 2 failed, and brought the picture");
  }

  @Test
  void a_picture_after_an_unknown_outcome_of_the_same_attempt_does_not() {
    var job =
        TestingJob.completed().step(Step.ATTEMPT_OUTCOME_UNKNOWN, 1_100, Map.of("attempt", 2));
    assertThat(said(job)).isEmpty();
  }

  @Test
  void a_rate_limit_that_the_provider_never_spoke_of_breaks_it() {
    var job =
        TestingJob.completed()
            .withoutCalls()
            .call(15, SimulatorReply.ERROR, 500)
            .call(1_010, SimulatorReply.PICTURE, 200);
    assertThat(said(job))
        .isNotEmpty()
        .allMatch(says -> says.startsWith("no answer of the provider was what the log says"));
  }

  @Test
  void an_error_that_the_provider_never_gave_breaks_it() {
    var job =
        TestingJob.failed()
            .without(Step.ATTEMPTS_EXHAUSTED)
            .step(
                Step.NEBIUS_API_ERROR,
                1_250,
                Map.of("attempt", 2, "code", "rejected", "reason", "Nebius answered 422: no"));
    assertThat(said(job))
        .singleElement()
        .asString()
        .startsWith("no answer of the provider was what the log says");
  }

  @Test
  void an_attempt_that_says_that_no_call_was_made_and_made_one_breaks_it() {
    var reason = "No call was made: the circuit breaker is open.";
    for (var details :
        List.<Map<String, Object>>of(
            Map.of("attempt", 1, "code", "provider_unavailable", "reason", reason),
            Map.of("attempt", 1, "code", "withdrawn", "called", false))) {
      assertThat(said(failedBefore(details)))
          .singleElement()
          .asString()
          .startsWith("the provider was called in an attempt that says it was not");
    }
  }

  private static TestingJob failedBefore(Map<String, Object> details) {
    return TestingJob.completed()
        .changingSteps(
            row -> row.step() == Step.ATTEMPT_FAILED,
            row ->
                new StepRow(
                    row.requestId(), row.seq(), row.step(), row.status(), row.at(), details, null));
  }

  @Test
  void a_picture_that_the_provider_never_drew_breaks_it() {
    assertThat(said(TestingJob.completed().withoutCalls().call(15, SimulatorReply.ERROR, 429)))
        .containsExactly("a picture was generated that the provider never drew");
  }

  private static StepRow dated(StepRow row, Instant at) {
    return new StepRow(
        row.requestId(), row.seq(), row.step(), row.status(), at, row.details(), row.imageUrl());
  }

  private static List<String> said(TestingJob job) {
    return new StepsTellTheTruth().breaches(job.evidence()).stream().map(Breach::says).toList();
  }
}
