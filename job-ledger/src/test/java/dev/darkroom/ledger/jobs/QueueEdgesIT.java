package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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

  /** A statement that accepts jobs draws their turns early and commits late. */
  @Test
  void a_turn_that_was_drawn_before_a_dispatch_and_committed_after_it_is_not_hidden() {
    var queue = new FairQueueThatLooksWhenTold();
    assertThat(queue.dispatchWithALook()).as("the edge is where the line begins").isEmpty();

    var late =
        acceptInTheMeantime(() -> {
          var crowd = accept(ledger, "ada", 50);
          assertThat(queue.dispatch()).containsExactlyElementsOf(crowd);
          assertThat(queue.dispatchWithALook()).as("the late turn can't be seen").isEmpty();
        });

    assertThat(queue.dispatch()).as("nor is it behind the edge").containsExactly(late);
  }

  @Test
  void a_turn_that_is_committed_two_looks_later_is_found_by_the_next() {
    var queue = new FairQueueThatLooksWhenTold();
    assertThat(queue.dispatchWithALook()).isEmpty();

    var late =
        acceptInTheMeantime(() -> {
          var crowd = accept(ledger, "ada", 50);
          assertThat(queue.dispatch()).containsExactlyElementsOf(crowd);
          assertThat(queue.dispatchWithALook()).isEmpty();
          assertThat(queue.dispatchWithALook()).isEmpty();
        });

    assertThat(queue.dispatch()).as("behind the edge").isEmpty();
    assertThat(queue.dispatchWithALook()).containsExactly(late);
  }

  /** A job whose turn is drawn before something else happens, and committed after it. */
  private RequestId acceptInTheMeantime(Runnable meanwhile) {
    try (var pool = TestingLedger.pool(ledger.database, 1)) {
      var slow = new TestingLedger(ledger.database, pool);
      return new TransactionTemplate(new JdbcTransactionManager(pool))
          .execute(_ -> {
            var job = accept(slow, "bob", 1).getFirst();
            meanwhile.run();
            return job;
          });
    }
  }

  /** In line, in the order of their turns. */
  private static List<RequestId> accept(TestingLedger through, String user, int count) {
    var jobs =
        Stream.generate(() -> new RequestId(UUID.randomUUID()))
            .limit(count)
            .map(id -> new NewJob(id, user, REQUEST, CALL, Duration.ofMinutes(10), TRACE))
            .toList();
    assertThat(through.jobStore.accept(jobs, 0)).hasSize(count);
    return jobs.stream().map(NewJob::id).toList();
  }

  /** Remembers where its line begins until it is told to look again. */
  private final class FairQueueThatLooksWhenTold {
    private static final int MANY = 1_000;

    private final AtomicLong time = new AtomicLong();
    private final FairQueue queue = ledger.fairQueue(Duration.ofSeconds(1), time::get);

    List<RequestId> dispatchWithALook() {
      time.addAndGet(Duration.ofSeconds(1).toNanos());
      return dispatch();
    }

    List<RequestId> dispatch() {
      return queue.dispatch(MANY, MANY, MANY).orElseThrow().jobs().stream()
          .map(job -> job.message().requestId())
          .toList();
    }
  }

  private JobOutbox outbox(Duration lookEvery) {
    return ledger.outbox(lookEvery);
  }
}
