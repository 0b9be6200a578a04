package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.promises.Promise.Breach;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NoOrphanPictureTest {
  private static final Promise PROMISE = new NoOrphanPicture(Duration.ofSeconds(30));

  @Test
  void a_picture_of_no_job_breaks_it() {
    var sound = TestingJob.completed().evidence();
    var stray = TestingJob.file("somebody", "abc", TestingJob.at(0));
    var evidence =
        new Evidence(
            sound.takenAt(),
            sound.submissions(),
            sound.jobs(),
            List.of(stray),
            List.of(),
            List.of(),
            List.of());
    assertThat(PROMISE.breaches(evidence))
        .singleElement()
        .extracting(Breach::says)
        .asString()
        .startsWith("a picture belongs to no job");
  }

  @Test
  void a_picture_of_a_failed_job_breaks_it() {
    assertThat(said(TestingJob.failed().withPictureSavedAfter(1_200)))
        .containsExactly("the job failed, and its picture lies in the store");
  }

  @Test
  void a_picture_of_a_job_that_is_still_open_does_not() {
    assertThat(said(TestingJob.running().withPictureSavedAfter(1_200))).isEmpty();
  }

  @Test
  void a_completed_job_without_its_picture_breaks_it() {
    assertThat(said(TestingJob.completed().withPicture(null)))
        .containsExactly("the job is completed, and its picture is not in the store");
  }

  @Test
  void another_picture_than_the_one_in_the_ledger_breaks_it() {
    var other = TestingJob.file("01a20447", "another", TestingJob.at(1_200));
    assertThat(said(TestingJob.completed().withPicture(other)))
        .singleElement()
        .asString()
        .startsWith("the picture in the store is another than the ledger's");
  }

  @Test
  void a_draft_that_nobody_cleared_away_breaks_it() {
    assertThat(said(TestingJob.completed().withDraftOf(29_000)))
        .singleElement()
        .asString()
        .startsWith("a draft was left");
  }

  @Test
  void a_draft_of_a_worker_that_was_just_killed_does_not() {
    assertThat(said(TestingJob.completed().withDraftOf(31_000))).isEmpty();
  }

  private static List<String> said(TestingJob job) {
    return PROMISE.breaches(job.evidence()).stream().map(Breach::says).toList();
  }
}
