package dev.darkroom.ledger.operate;

import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aJobInLine;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.operate.PauseStore.Pause;
import dev.darkroom.ledger.operate.PauseStore.PauseScope;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PauseStoreIT {
  private static final int ALL = 1_000;

  private final TestingLedger ledger = TestingLedger.empty();
  private final PauseStore pauses = ledger.pauseStore;

  @ParameterizedTest
  @CsvSource({"ALL, ''", "USER, ada", "MODEL, stability-ai/sdxl"})
  void whom_a_pause_concerns_is_not_claimed_until_it_is_over(PauseScope scope, String name) {
    var job = aQueuedJob().in(ledger);
    pauses.pause(scope, name, "Until Monday.");

    assertThat(claim(job)).isEmpty();
    assertThat(pauses.releaseResumed(ALL)).isZero();
    assertThat(claim(job)).isEmpty();

    assertThat(pauses.resume(scope, name)).isTrue();
    assertThat(pauses.releaseResumed(ALL)).isEqualTo(1);
    assertThat(claim(job)).hasSize(1);
  }

  @Test
  void others_go_on() {
    pauses.pause(PauseScope.USER, "ada", "Until Monday.");
    pauses.pause(PauseScope.MODEL, "other/model", "Until Monday.");
    var hers = aJobInLine("ada", 0).in(ledger);
    var others = aJobInLine("bob", 0).in(ledger);

    var dispatched = ledger.fairQueue.dispatch(10, 10, 10).orElseThrow();

    assertThat(dispatched.jobs())
        .extracting(job -> job.message().requestId())
        .containsExactly(others);
    assertThat(claim(hers)).isEmpty();
    assertThat(claim(others)).hasSize(1);
  }

  @Test
  void while_all_are_paused_nothing_is_dispatched() {
    aJobInLine("ada", 0).in(ledger);
    pauses.pause(PauseScope.ALL, "", "Until Monday.");

    assertThat(ledger.fairQueue.dispatch(10, 10, 10)).isEmpty();

    pauses.resume(PauseScope.ALL, "");
    assertThat(ledger.fairQueue.dispatch(10, 10, 10).orElseThrow().jobs()).hasSize(1);
  }

  @Test
  void what_a_worker_has_in_hand_goes_on() {
    var attempt = aHeldJob().heldIn(ledger);
    pauses.pause(PauseScope.ALL, "", "Until Monday.");

    assertThat(ledger.outcomeStore.completeIfCurrent(attempt, JobFixture.PICTURE, Map.of()))
        .isPresent();
    assertThat(ledger.workerStore.orders(JobFixture.WORKER, null).paused())
        .isEqualTo("Until Monday.");
  }

  @Test
  void deadlines_go_on() {
    var job = aQueuedJob().in(ledger);
    pauses.pause(PauseScope.USER, "ada", "Until Monday.");
    claim(job);
    ledger.asOwner.sql("update public.generation_queue set deadline_at = now()").update();

    assertThat(ledger.endOverdue(10))
        .extracting(ended -> ended.event().requestId())
        .containsExactly(job);
  }

  @Test
  void a_job_stays_aside_as_long_as_any_pause_concerns_it() {
    var job = aQueuedJob().in(ledger);
    pauses.pause(PauseScope.USER, "ada", "One.");
    pauses.pause(PauseScope.ALL, "", "Two.");
    claim(job);

    pauses.resume(PauseScope.ALL, "");
    assertThat(pauses.releaseResumed(ALL)).isZero();
    pauses.resume(PauseScope.USER, "ada");
    assertThat(pauses.releaseResumed(ALL)).isEqualTo(1);
  }

  @Test
  void jobs_that_come_back_share_turns_with_others() {
    pauses.pause(PauseScope.USER, "ada", "Until Monday.");
    var hers = List.of(aQueuedJob().in(ledger), aQueuedJob().in(ledger), aQueuedJob().in(ledger));
    hers.forEach(this::claim);
    pauses.resume(PauseScope.USER, "ada");

    pauses.releaseResumed(ALL);

    var turns =
        ledger
            .asOwner
            .sql("select turn from public.generation_queue order by turn")
            .query(Long.class)
            .list();
    assertThat(turns)
        .containsExactly(
            turns.getFirst(),
            turns.getFirst() + JobTerms.TURN,
            turns.getFirst() + 2 * JobTerms.TURN);
  }

  @Test
  void again_changes_the_reason_and_not_the_beginning() {
    var first = pauses.pause(PauseScope.USER, "ada", "One.");
    var second = pauses.pause(PauseScope.USER, "ada", "Two.");

    assertThat(second).isEqualTo(new Pause(PauseScope.USER, "ada", "Two.", first.since()));
    assertThat(pauses.list()).containsExactly(second);
    assertThat(pauses.resume(PauseScope.USER, "bob")).isFalse();
  }

  private List<ClaimedJob> claim(RequestId job) {
    return ledger.claim("worker-2", Duration.ofSeconds(30), List.of(job));
  }
}
