package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.queue.JobOutbox;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueueEdgesIT {
  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_sweep_that_remembers_its_edge_finds_what_is_due_after_it() {
    var outbox = outbox(Duration.ofHours(1));
    assertThat(outbox.reserveDue(10)).isEmpty();

    var due = aQueuedJob().in(ledger);

    assertThat(outbox.reserveDue(10))
        .extracting(job -> job.message().requestId())
        .containsExactly(due);
  }

  /** Its transaction took longer than a minute, so it came up before the edge. */
  @Test
  void what_comes_up_before_the_edge_is_found_by_the_next_look() {
    var outbox = outbox(Duration.ofHours(1));
    assertThat(outbox.reserveDue(10)).isEmpty();

    var late = aQueuedJob().publishAfter(Duration.ofMinutes(-2)).in(ledger);

    assertThat(outbox.reserveDue(10)).as("before the edge").isEmpty();
    assertThat(outbox(Duration.ZERO).reserveDue(10))
        .extracting(job -> job.message().requestId())
        .containsExactly(late);
  }

  @Test
  void a_long_overdue_job_holds_the_edge() {
    var overdue = aQueuedJob().publishAfter(Duration.ofHours(-3)).in(ledger);

    assertThat(outbox(Duration.ofHours(1)).reserveDue(10))
        .extracting(job -> job.message().requestId())
        .containsExactly(overdue);
  }

  private JobOutbox outbox(Duration lookEvery) {
    return ledger.outbox(lookEvery);
  }
}
