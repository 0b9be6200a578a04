package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import dev.darkroom.system.promises.Promise.Breach;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EveryJobEndsOnceTest {
  @Test
  void a_job_without_a_terminal_step_breaks_it() {
    assertThat(said(TestingJob.completed().without(Step.IMAGE_GENERATED)))
        .containsExactly("the job has ended, and no step says so");
  }

  @Test
  void a_job_with_two_terminal_steps_breaks_it() {
    var job = TestingJob.completed().step(Step.IMAGE_GENERATED, 1_300, Map.of("attempt", 2));
    assertThat(said(job)).containsExactly("the job ended 2 times");
  }

  @Test
  void a_terminal_step_of_an_open_job_breaks_it() {
    var job = TestingJob.running().step(Step.IMAGE_GENERATED, 1_300, Map.of("attempt", 2));
    assertThat(said(job))
        .containsExactly("the log says that the job has ended, and its row does not");
  }

  @Test
  void a_step_that_says_another_end_than_the_row_breaks_it() {
    var job = TestingJob.completed().withStatus(JobStatus.FAILED).seenAs("failed", null);
    assertThat(said(job))
        .containsExactlyInAnyOrder(
            "the log says completed, the job's row failed",
            "the log's picture is /generated/01a20447-e3de-71a7-b4d0-efaed399ad93.webp, the row's null");
  }

  @Test
  void an_end_long_after_the_deadline_breaks_it() {
    assertThat(said(TestingJob.completed().finishedAfter(Duration.ofSeconds(71))))
        .singleElement()
        .asString()
        .contains("its deadline was 2026-11-22T12:01:00Z");
  }

  @Test
  void a_client_that_was_told_of_another_end_breaks_it() {
    assertThat(said(TestingJob.completed().seenAs("failed", null)))
        .singleElement()
        .asString()
        .startsWith("a client was told of another end");
  }

  @Test
  void a_client_that_was_told_that_it_goes_on_does_not() {
    assertThat(said(TestingJob.completed().seenAs("processing", null))).isEmpty();
  }

  private static List<String> said(TestingJob job) {
    return new EveryJobEndsOnce(TestingJob.SLACK)
        .breaches(job.evidence()).stream().map(Breach::says).toList();
  }
}
