package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventOutboxIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void an_ended_job_whose_event_was_missed_is_reserved_with_all_its_event_says() {
    var completed = aCompletedJob().publishAfter(Duration.ofSeconds(-2)).in(ledger);
    var failed = aFailedJob().in(ledger);

    var reserved = ledger.eventOutbox.reserveUnpublished(10);

    assertThat(reserved)
        .extracting(job -> job.event().requestId())
        .containsExactlyInAnyOrder(completed, failed);
    var event =
        reserved.stream()
            .map(FinishedJob::event)
            .filter(of -> of.status() == JobStatus.COMPLETED)
            .findFirst()
            .orElseThrow();
    assertThat(event.imageUrl()).isEqualTo(PICTURE.url());
    assertThat(event.bytes()).isEqualTo(PICTURE.bytes());
    assertThat(event.completedAt()).isEqualTo(assertThatJob(ledger, completed).time("finished_at"));
    assertThatJob(ledger, completed).hasTime("publish_after", TestingLedger.RESERVATION);
    assertThat(ledger.eventOutbox.reserveUnpublished(10)).isEmpty();
  }

  @Test
  void a_job_that_just_ended_is_left_to_the_worker_that_ended_it() {
    ledger.outcomeStore.completeIfCurrent(aHeldJob().heldIn(ledger), PICTURE, Map.of());

    assertThat(ledger.eventOutbox.reserveUnpublished(10)).isEmpty();
  }

  @Test
  void open_jobs_and_published_events_are_not_published() {
    aQueuedJob().in(ledger);
    aHeldJob().in(ledger);
    aCompletedJob().published().in(ledger);

    assertThat(ledger.eventOutbox.reserveUnpublished(10)).isEmpty();
  }

  @Test
  void an_event_is_marked_once() {
    var first = aCompletedJob().in(ledger);
    var second = aFailedJob().in(ledger);

    assertThat(ledger.eventOutbox.markPublished(List.of(first, second))).isEqualTo(2);
    assertThat(ledger.eventOutbox.markPublished(List.of(first, second))).isZero();

    assertThatJob(ledger, first).isPublished();
    assertThat(ledger.eventOutbox.reserveUnpublished(10)).isEmpty();
  }

  @Test
  void an_open_job_has_no_event_to_mark() {
    var open = aQueuedJob().in(ledger);

    assertThat(ledger.eventOutbox.markPublished(List.of(open))).isZero();
  }

  @Test
  void a_job_that_was_deleted_leaves_the_queue_untold() {
    var deleted = aCompletedJob().publishAfter(Duration.ofSeconds(-2)).in(ledger);
    ledger
        .asOwner
        .sql("delete from public.generation_jobs where request_id = :id")
        .param("id", deleted.value())
        .update();

    assertThat(ledger.eventOutbox.reserveUnpublished(10)).isEmpty();

    assertThat(
            ledger
                .asOwner
                .sql("select count(*) from public.generation_queue")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void an_event_that_is_put_off_keeps_no_other_one_waiting() {
    var tooLarge = aCompletedJob().publishAfter(Duration.ofSeconds(-2)).in(ledger);
    var other = aFailedJob().in(ledger);

    assertThat(ledger.eventOutbox.putOff(List.of(tooLarge), Duration.ofHours(1))).isEqualTo(1);

    assertThat(ledger.eventOutbox.reserveUnpublished(10))
        .extracting(job -> job.event().requestId())
        .containsExactly(other);
    assertThatJob(ledger, tooLarge).hasTime("publish_after", Duration.ofHours(1));
  }
}
