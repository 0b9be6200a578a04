package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.promises.Promise.Breach;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OneKeyOneJobTest {
  @Test
  void two_jobs_with_the_prompt_of_one_key_break_it() {
    var sound = TestingJob.completed().evidence();
    var twice =
        new Evidence(
            sound.takenAt(),
            sound.submissions(),
            List.of(sound.jobs().getFirst(), TestingJob.completed().history()),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    assertThat(new OneKeyOneJob().breaches(twice))
        .singleElement()
        .extracting(Breach::says)
        .asString()
        .startsWith("one key made 2 jobs");
  }

  @Test
  void a_client_that_is_told_of_two_jobs_breaks_it() {
    var told =
        TestingJob.completed()
            .submitted(UUID.nameUUIDFromBytes(new byte[] {1}), UUID.nameUUIDFromBytes(new byte[0]));
    assertThat(new OneKeyOneJob().breaches(told.evidence()))
        .singleElement()
        .extracting(Breach::says)
        .asString()
        .startsWith("one key was told of several jobs");
  }
}
