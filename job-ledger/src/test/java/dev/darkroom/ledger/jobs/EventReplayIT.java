package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import java.time.Duration;
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
    published(2);

    ledger.eventOutbox.remember(TOPIC, "first");
    ledger.eventOutbox.remember(TOPIC, "first");

    assertThat(replayAll()).isZero();
  }

  @Test
  void what_was_published_before_is_due_again_slice_by_slice_once() {
    ledger.eventOutbox.remember(TOPIC, "first");
    var lost = published(5);
    ledger.eventOutbox.remember(TOPIC, "second");
    var later = published(1);

    assertThat(replayAll()).isEqualTo(5);

    var due = new HashSet<RequestId>();
    ledger.eventOutbox.reserveUnpublished(10).forEach(job -> due.add(job.event().requestId()));
    assertThat(due).isEqualTo(lost).doesNotContainAnyElementsOf(later);
    ledger.eventOutbox.markPublished(due);
    ledger.eventOutbox.remember(TOPIC, "second");
    assertThat(replayAll()).as("also for a gateway that starts later").isZero();
  }

  @Test
  void what_is_older_than_the_retention_is_left_alone() {
    ledger.eventOutbox.remember(TOPIC, "first");
    published(2);
    ledger.eventOutbox.remember(TOPIC, "second");

    assertThat(ledger.eventOutbox.replay(TOPIC, Duration.ZERO, 10)).isEmpty();
  }

  private int replayAll() {
    var released = 0;
    var slice = ledger.eventOutbox.replay(TOPIC, Duration.ofDays(7), 2);
    while (slice.isPresent()) {
      released += slice.getAsInt();
      slice = ledger.eventOutbox.replay(TOPIC, Duration.ofDays(7), 2);
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
