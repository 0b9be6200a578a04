package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the other tests spoil breaks no promise before they do. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SoundEvidenceTest {
  static List<Promise> promises() {
    return Promises.all();
  }

  @ParameterizedTest
  @MethodSource("promises")
  void a_completed_job_breaks_no_promise(Promise promise) {
    assertThat(promise.breaches(TestingJob.completed().evidence())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("promises")
  void a_failed_job_breaks_no_promise(Promise promise) {
    assertThat(promise.breaches(TestingJob.failed().evidence())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("promises")
  void a_job_under_way_breaks_no_promise(Promise promise) {
    assertThat(promise.breaches(TestingJob.running().lookedAtAfter(TestingJob.SLACK).evidence()))
        .isEmpty();
  }

  @Test
  void a_breach_tells_everything_that_is_known_about_its_job() {
    var breaches = Promises.breaches(TestingJob.completed().withoutEvents().evidence());
    assertThat(Promises.inFull(breaches))
        .contains(
            "EventsArriveAtLeastOnce was broken 1 times",
            "no event told of the job's end",
            "JobRow[",
            "step=IMAGE_GENERATED",
            "ObservedCall[number=2",
            "PictureFile[",
            "ClientObservations[");
  }
}
