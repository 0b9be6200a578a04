package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RetentionStoreIT {
  private static final Duration KEEP = Duration.ofDays(7);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void only_pictures_of_jobs_that_ended_long_enough_ago_may_go() {
    var old = aCompletedJob().with("finished_at", ago(KEEP.plusSeconds(5))).in(ledger);
    var young = aCompletedJob().with("finished_at", ago(KEEP.minusSeconds(5))).in(ledger);
    var open = aHeldJob().with("created_at", ago(KEEP.multipliedBy(2))).heldIn(ledger).requestId();
    var failed = aFailedJob().with("finished_at", ago(KEEP.plusSeconds(5))).in(ledger);

    assertThat(
            ledger.retentionStore.forgetPicturesIfEndedBefore(
                List.of(old, young, open, failed), KEEP))
        .containsExactlyInAnyOrder(old, failed);
  }

  @Test
  void a_picture_without_a_job_may_go() {
    var orphan = new RequestId(UUID.randomUUID());

    assertThat(ledger.retentionStore.forgetPicturesIfEndedBefore(List.of(orphan), KEEP))
        .containsExactly(orphan);
  }

  @Test
  void a_job_says_since_when_its_picture_is_gone_and_keeps_its_outcome() {
    var old = aCompletedJob().with("finished_at", ago(KEEP.plusSeconds(5))).in(ledger);
    var before = ledger.jobQueries.find(old, Visibility.ALL).orElseThrow();
    assertThat(before.pictureRemovedAt()).isNull();

    ledger.retentionStore.forgetPicturesIfEndedBefore(List.of(old), KEEP);

    var after = ledger.jobQueries.find(old, Visibility.ALL).orElseThrow();
    assertThat(after.pictureRemovedAt()).isBetween(ago(Duration.ofMinutes(1)), Instant.now());
    assertThat(after.picture()).isEqualTo(before.picture());
    assertThat(after.status()).isEqualTo(before.status());
  }

  @Test
  void what_was_not_removed_after_all_may_go_when_it_is_asked_for_again() {
    var old = aCompletedJob().with("finished_at", ago(KEEP.plusSeconds(5))).in(ledger);
    ledger.retentionStore.forgetPicturesIfEndedBefore(List.of(old), KEEP);
    var first = ledger.jobQueries.find(old, Visibility.ALL).orElseThrow().pictureRemovedAt();

    assertThat(ledger.retentionStore.forgetPicturesIfEndedBefore(List.of(old), KEEP))
        .containsExactly(old);

    assertThat(ledger.jobQueries.find(old, Visibility.ALL).orElseThrow().pictureRemovedAt())
        .isEqualTo(first);
  }

  @Test
  void a_worker_that_is_long_gone_and_holds_nothing_is_forgotten() {
    aHeldJob().heldBy("holds").lease(KEEP.negated()).in(ledger);
    aHeldJob().heldBy("gone").lease(KEEP.negated()).in(ledger);
    aHeldJob().heldBy("lives").in(ledger);
    ledger.asOwner.sql("delete from public.generation_queue where worker_id <> 'holds'").update();

    ledger.workerStore.forgetSilentWorkers();

    assertThat(
            ledger
                .asOwner
                .sql("select worker_id from public.generation_workers")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder("holds", "lives");
  }

  private static Instant ago(Duration time) {
    return Instant.now().minus(time);
  }
}
