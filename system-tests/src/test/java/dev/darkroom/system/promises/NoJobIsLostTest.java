package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.promises.Promise.Breach;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NoJobIsLostTest {
  private static final Promise PROMISE = new NoJobIsLost(TestingJob.SLACK);

  @Test
  void a_job_that_a_client_was_told_of_and_the_ledger_does_not_know_breaks_it() {
    assertThat(PROMISE.breaches(TestingJob.completed().unknownToTheLedger().evidence()))
        .singleElement()
        .extracting(Breach::says)
        .asString()
        .startsWith("a client was told of job 01a20447");
  }

  @Test
  void a_job_that_is_open_long_after_its_deadline_breaks_it() {
    assertThat(
            PROMISE.breaches(TestingJob.running().lookedAtAfter(Duration.ofSeconds(71)).evidence()))
        .singleElement()
        .extracting(Breach::says)
        .isEqualTo("the job is still processing, past its deadline");
  }

  @Test
  void a_job_that_has_still_time_does_not() {
    assertThat(
            PROMISE.breaches(TestingJob.running().lookedAtAfter(Duration.ofSeconds(69)).evidence()))
        .isEmpty();
  }
}
