package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aLapsedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobOutboxIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void who_gets_nothing_to_Kafka_takes_only_what_others_left_for_a_while() {
    aQueuedJob().publishAfter(Duration.ofSeconds(-3)).in(ledger);
    aQueuedJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);

    assertThat(ledger.jobOutbox.reserveOverdue(10, Duration.ofSeconds(2))).hasSize(1);
    assertThat(ledger.jobOutbox.reserveDue(10)).hasSize(1);
  }

  @Test
  void what_is_due_and_unpublished_is_reserved_for_one_gateway() {
    var missed = aQueuedJob().in(ledger);
    var again = aQueuedJob().enqueued().publishAfter(Duration.ofSeconds(-1)).in(ledger);

    var reserved = ledger.jobOutbox.reserveDue(10);

    assertThat(reserved)
        .extracting(job -> job.message().requestId())
        .containsExactlyInAnyOrder(missed, again);
    assertThat(reserved.getFirst().message().request()).isEqualTo(JobFixture.REQUEST);
    assertThat(reserved.getFirst().trace()).isEqualTo(JobFixture.TRACE);
    assertThatJob(ledger, missed).hasTime("publish_after", TestingLedger.RESERVATION).hasNoSteps();
    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();
  }

  @Test
  void a_job_that_was_just_accepted_is_left_to_whoever_accepted_it() {
    ledger.accept(List.of(NewJobFixture.aNewJob()));

    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();
  }

  @Test
  void jobs_that_are_scheduled_held_enqueued_or_ended_are_not_published() {
    aWaitingJob().due(Duration.ofSeconds(30)).in(ledger);
    aHeldJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);
    aLapsedJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);
    aQueuedJob().enqueued().in(ledger);
    aCompletedJob().in(ledger);
    aFailedJob().in(ledger);

    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();
  }

  @Test
  void the_longest_due_goes_first_and_not_more_than_asked_for() {
    aQueuedJob().due(Duration.ofSeconds(-1)).in(ledger);
    var first = aQueuedJob().due(Duration.ofSeconds(-9)).in(ledger);

    assertThat(ledger.jobOutbox.reserveDue(1))
        .extracting(job -> job.message().requestId())
        .containsExactly(first);
  }

  @Test
  void a_mark_tells_that_kafka_has_the_job() {
    var id = aQueuedJob().in(ledger);
    var reserved = ledger.jobOutbox.reserveDue(10);

    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isEqualTo(1);

    assertThatJob(ledger, id)
        .hasTime("enqueued_at", Duration.ZERO)
        .hasTime("publish_after", TestingLedger.REPUBLISH_AFTER);
    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isZero();
  }

  @Test
  void the_reservation_of_an_accepted_job_marks_it_to_the_microsecond() {
    var accepted = ledger.accept(List.of(NewJobFixture.aNewJob(), NewJobFixture.aNewJob()));

    assertThat(ledger.jobOutbox.markEnqueued(accepted)).isEqualTo(2);
  }

  @Test
  void a_copy_of_a_record_keeps_its_place_in_the_queue() {
    var enqueued = Duration.ofMinutes(-7);
    var id =
        aQueuedJob()
            .with("enqueued_at", Instant.now().plus(enqueued))
            .publishAfter(Duration.ofSeconds(-1))
            .in(ledger);

    var reserved = ledger.jobOutbox.reserveDue(10);

    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isEqualTo(1);
    assertThatJob(ledger, id).hasTime("enqueued_at", enqueued);
  }

  @Test
  void the_longer_a_job_has_been_on_kafka_the_later_it_is_published_once_more() {
    var first = aQueuedJob().due(Duration.ofHours(-1)).in(ledger);
    var again = enqueued(Duration.ofMinutes(-30)).publishAfter(Duration.ofSeconds(-1)).in(ledger);
    var reserved = ledger.jobOutbox.reserveDue(10);

    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isEqualTo(2);

    assertThatJob(ledger, first).hasTime("publish_after", TestingLedger.REPUBLISH_AFTER);
    assertThatJob(ledger, again).hasTime("publish_after", Duration.ofMinutes(30).plusSeconds(2));
  }

  @Test
  void a_topic_that_was_created_anew_has_lost_every_record_and_one_gateway_sees_to_it() {
    assertThat(ledger.jobOutbox.releaseAllIfMoved("generation.jobs", "first")).isZero();
    var waiting = enqueued(Duration.ofMinutes(-1)).in(ledger);
    aHeldJob().enqueued().in(ledger);
    aCompletedJob().enqueued().in(ledger);
    assertThat(ledger.jobOutbox.releaseAllIfMoved("generation.jobs", "first")).isZero();

    assertThat(ledger.jobOutbox.releaseAllIfMoved("generation.jobs", "second")).isEqualTo(1);
    assertThat(ledger.jobOutbox.releaseAllIfMoved("generation.jobs", "second")).isZero();

    assertThat(letGoAgain()).extracting(job -> job.message().requestId()).containsExactly(waiting);
  }

  /** What was lost goes the way of all that is due. */
  private List<DueJob> letGoAgain() {
    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();
    ledger.fairQueue.drawForDue(10);
    return ledger.fairQueue.dispatch(10, 10, 10).orElseThrow().jobs();
  }

  private static JobFixture enqueued(Duration fromNow) {
    return aQueuedJob().enqueued().with("enqueued_at", Instant.now().plus(fromNow));
  }

  @Test
  void a_mark_that_comes_after_a_reschedule_does_not_hide_the_retry() {
    var id = aQueuedJob().in(ledger);
    var reserved = ledger.jobOutbox.reserveDue(10);
    var claimed = ledger.claim(WORKER, Duration.ofSeconds(30), List.of(id));
    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isZero();
    ledger.jobStore.rescheduleIfHeld(
        claimed.getFirst().attempt(),
        new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "It was down.", true, Duration.ZERO));

    assertThat(ledger.jobOutbox.markEnqueued(reserved)).isZero();

    assertThatJob(ledger, id).has("enqueued_at", null);
    assertThat(ledger.fairQueue.drawForDue(10)).isEqualTo(1);
  }

  @Test
  void a_mark_of_a_reservation_that_lapsed_does_not_hide_the_next_one() {
    aQueuedJob().in(ledger);
    var lapsed = ledger.jobOutbox.reserveDue(10);
    ledger.asOwner.sql("update public.generation_queue set publish_after = now()").update();
    var next = ledger.jobOutbox.reserveDue(10);

    assertThat(ledger.jobOutbox.markEnqueued(lapsed)).isZero();
    assertThat(ledger.jobOutbox.markEnqueued(next)).isEqualTo(1);
  }

  @Test
  void a_mark_of_nothing_does_nothing() {
    assertThat(ledger.jobOutbox.markEnqueued(List.of())).isZero();
  }
}
