package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.Step;
import dev.darkroom.system.evidence.ObservedCall.SimulatorReply;
import dev.darkroom.system.evidence.StepRow;
import dev.darkroom.system.promises.Promise.Breach;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NoSilentSecondBillTest {
  @Test
  void a_call_that_was_announced_after_it_arrived_breaks_it() {
    var job =
        TestingJob.completed()
            .changingSteps(
                row -> row.step() == Step.CALLING_NEBIUS_API && row.attempt() == 2,
                row ->
                    new StepRow(
                        row.requestId(),
                        row.seq(),
                        row.step(),
                        row.status(),
                        TestingJob.at(1_011),
                        row.details(),
                        null));
    assertThat(said(job)).containsExactly("call 2 arrived when 1 were announced");
  }

  @Test
  void a_second_call_in_one_attempt_breaks_it() {
    var job = TestingJob.completed().call(1_100, SimulatorReply.PICTURE, 200);
    assertThat(said(job))
        .containsExactly(
            "call 3 arrived when 2 were announced",
            "call 3 arrived, and the log did not say yet what became of the one before it");
  }

  @Test
  void a_call_after_one_that_may_be_billed_and_of_which_the_log_says_nothing_breaks_it() {
    var job =
        TestingJob.completed()
            .without(Step.ATTEMPT_FAILED)
            .withoutCalls()
            .call(15, SimulatorReply.NONE, null)
            .call(1_010, SimulatorReply.PICTURE, 200);
    assertThat(said(job))
        .contains("call 2 arrived, and the log did not say yet what became of the one before it");
  }

  @Test
  void a_call_with_other_parameters_than_announced_breaks_it() {
    var job =
        TestingJob.completed()
            .withoutCalls()
            .call(
                15,
                SimulatorReply.ERROR,
                429,
                Map.of("model", "sdxl", "prompt", "A cat", "seed", 42L));
    assertThat(said(job))
        .hasSize(2) // it is compared with each announcement
        .allSatisfy(says -> assertThat(says).contains("call 1 came with", "A cat"));
  }

  @Test
  void an_announcement_without_parameters_breaks_it() {
    var job =
        TestingJob.completed()
            .changingSteps(
                row -> row.step() == Step.CALLING_NEBIUS_API,
                row ->
                    new StepRow(
                        row.requestId(),
                        row.seq(),
                        row.step(),
                        row.status(),
                        row.at(),
                        Map.of("attempt", row.attempt()),
                        null));
    assertThat(said(job)).isNotEmpty().allMatch(says -> says.endsWith("announced were null"));
  }

  @Test
  void an_attempt_without_an_outcome_breaks_it() {
    var job = TestingJob.completed().without(Step.ATTEMPT_FAILED).without(Step.RETRY_SCHEDULED);
    assertThat(said(job)).containsExactly("attempt 1 has no outcome in the log");
  }

  @Test
  void an_attempt_of_an_open_job_before_its_last_without_an_outcome_breaks_it() {
    var job = TestingJob.running().without(Step.ATTEMPT_FAILED);
    assertThat(said(job)).containsExactly("attempt 1 has no outcome in the log");
  }

  @Test
  void a_call_for_a_picture_that_was_already_saved_breaks_it() {
    assertThat(said(TestingJob.completed().withPictureSavedAfter(500)))
        .containsExactly("call 2 was made for a picture that was saved at " + TestingJob.at(500));
  }

  @Test
  void a_call_that_was_announced_before_the_picture_was_saved_does_not() {
    assertThat(said(TestingJob.completed().withPictureSavedAfter(1_005))).isEmpty();
  }

  @Test
  void a_call_for_no_job_breaks_it() {
    assertThat(said(TestingJob.completed().unknownToTheLedger()))
        .hasSize(2)
        .allMatch(says -> says.startsWith("a call belongs to no job"));
  }

  private static List<String> said(TestingJob job) {
    return new NoSilentSecondBill().breaches(job.evidence()).stream().map(Breach::says).toList();
  }
}
