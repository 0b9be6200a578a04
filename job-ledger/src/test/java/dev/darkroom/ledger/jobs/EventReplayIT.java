package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.queue.EventOutbox.ReplaySlice;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventReplayIT {
  private static final String TOPIC = "generation.events";
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void the_first_topic_that_is_known_has_lost_nothing() {
    assertThat(ledger.eventOutbox.movedAt(TOPIC, "first")).contains(Instant.EPOCH);
    assertThat(ledger.eventOutbox.movedAt(TOPIC, "first")).contains(Instant.EPOCH);
  }

  @Test
  void all_gateways_hear_the_same_time_of_a_topic_that_was_created_anew() {
    ledger.eventOutbox.movedAt(TOPIC, "first");

    var moved = ledger.eventOutbox.movedAt(TOPIC, "second").orElseThrow();

    assertThat(moved).isAfter(Instant.EPOCH);
    assertThat(ledger.eventOutbox.movedAt(TOPIC, "second")).contains(moved);
  }

  @Test
  void what_was_published_before_is_due_again_slice_by_slice_once() {
    ledger.eventOutbox.movedAt(TOPIC, "first");
    var lost = published(5);
    var moved = ledger.eventOutbox.movedAt(TOPIC, "second").orElseThrow();
    var later = published(1);

    assertThat(releaseAll(JobStatus.COMPLETED, moved)).isEqualTo(5);
    assertThat(releaseAll(JobStatus.FAILED, moved)).isZero();

    var due = new HashSet<RequestId>();
    ledger.eventOutbox.reserveUnpublished(10).forEach(job -> due.add(job.event().requestId()));
    assertThat(due).isEqualTo(lost).doesNotContainAnyElementsOf(later);
    ledger.eventOutbox.markPublished(due);
    assertThat(releaseAll(JobStatus.COMPLETED, moved)).isZero();
  }

  @Test
  void what_is_older_than_the_retention_is_left_alone() {
    ledger.eventOutbox.movedAt(TOPIC, "first");
    published(2);
    var moved = ledger.eventOutbox.movedAt(TOPIC, "second").orElseThrow();

    assertThat(ledger.eventOutbox.release(JobStatus.COMPLETED, moved, moved, 10)).isEmpty();
    assertThat(ledger.eventOutbox.horizon(Duration.ofDays(7)))
        .isBefore(moved.minus(Duration.ofDays(6)));
  }

  private int releaseAll(JobStatus ended, Instant moved) {
    var released = 0;
    var slice = ledger.eventOutbox.release(ended, Instant.EPOCH, moved, 2);
    while (slice.isPresent()) {
      released += slice.map(ReplaySlice::released).orElse(0);
      slice = ledger.eventOutbox.release(ended, slice.get().until(), moved, 2);
    }
    return released;
  }

  private Set<RequestId> published(int jobs) {
    var ids = new HashSet<RequestId>();
    Stream.generate(() -> aHeldJob().heldIn(ledger))
        .limit(jobs)
        .forEach(attempt -> {
          ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());
          ids.add(attempt.requestId());
        });
    ledger.eventOutbox.markPublished(ids);
    return ids;
  }
}
