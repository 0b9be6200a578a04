package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aJobInLine;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.WorkerStore.WorkerDescription;
import dev.darkroom.ledger.queue.FairQueue.DispatchBatch;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataIntegrityViolationException;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 30, unit = SECONDS)
class FairQueueIT {
  private static final int MANY = 1_000;

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void jobs_that_there_is_no_room_for_are_accepted_and_wait_for_their_turn() {
    var accepted = accept(1, "ada", "ada", "ada");

    assertThat(accepted).extracting(Accepted::dispatched).containsExactly(true, false, false);
    assertThat(accepted.getFirst().job().reservedUntil())
        .isEqualTo(accepted.getFirst().job().acceptedAt().plus(TestingLedger.RESERVATION));
    assertThatJob(ledger, id(accepted.get(2))).isFree().hasSteps("request_received");
    makeWhatIsReservedDue();
    assertThat(ledger.jobOutbox.reserveDue(MANY)).hasSize(1);
    assertThat(ledger.fairQueue.drawForDue(MANY)).isZero();

    var batch = dispatch(MANY);

    assertThat(batch.unclaimed()).isEqualTo(1);
    assertThat(batch.othersWait()).isFalse();
    assertThat(ids(batch)).containsExactly(id(accepted.get(1)), id(accepted.get(2)));
    assertThat(batch.jobs().getFirst().message().request()).isEqualTo(REQUEST);
    assertThat(batch.jobs().getFirst().trace()).isEqualTo(TRACE);
    assertThat(ledger.jobOutbox.markEnqueued(batch.jobs())).isEqualTo(2);
    assertThat(dispatch(MANY).jobs()).isEmpty();
  }

  @Test
  void nobody_waits_for_more_than_one_job_of_each_other_user() {
    accept(0, Stream.generate(() -> "ada").limit(200).toArray(String[]::new));
    accept(0, "bob", "cyd", "bob");

    var batch = dispatch(8);

    assertThat(users(batch).filter("cyd"::equals)).hasSize(1);
    assertThat(users(batch).filter("bob"::equals)).hasSize(2);
    assertThat(batch.othersWait()).isTrue();
  }

  @Test
  void who_comes_late_joins_the_turn_that_is_being_served() {
    accept(0, Stream.generate(() -> "ada").limit(200).toArray(String[]::new));
    assertThat(dispatch(100).jobs()).hasSize(100);

    accept(0, "bob");

    assertThat(users(dispatch(2))).contains("bob");
  }

  @Test
  void who_sat_out_has_saved_up_no_turns() {
    accept(0, Stream.generate(() -> "ada").limit(50).toArray(String[]::new));
    assertThat(dispatch(MANY).jobs()).hasSize(50);
    accept(0, "ada", "ada", "ada");
    accept(0, "bob", "bob", "bob");

    assertThat(users(dispatch(4)).filter("bob"::equals)).hasSize(2);
  }

  @Test
  void retries_that_come_due_together_do_not_go_before_others() {
    for (var i = 0; i < 50; i++) {
      aWaitingJob().in(ledger);
    }
    aWaitingJob().due(Duration.ofMinutes(1)).in(ledger);
    aHeldJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);
    aCompletedJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);

    assertThat(ledger.fairQueue.drawForDue(40)).isEqualTo(40);
    assertThat(ledger.fairQueue.drawForDue(40)).isEqualTo(10);
    assertThat(ledger.fairQueue.drawForDue(40)).isZero();
    accept(0, "bob");

    assertThat(users(dispatch(2))).as("one of them goes before").contains("bob");
    assertThat(dispatch(MANY).jobs()).as("and all of them go").hasSize(49);
  }

  /** Once each draw began anew at the turn that is being served, and nobody else had one. */
  @Test
  void retries_that_come_due_one_by_one_do_not_go_before_others() {
    for (var i = 0; i < 30; i++) {
      aWaitingJob().in(ledger);
      assertThat(ledger.fairQueue.drawForDue(1)).isEqualTo(1);
    }
    accept(0, "bob", "bob", "bob");

    var order = new ArrayList<String>();
    for (var i = 0; i < 6; i++) {
      aWaitingJob().in(ledger);
      assertThat(ledger.fairQueue.drawForDue(1)).isEqualTo(1);
      users(dispatch(1)).forEach(order::add);
    }

    assertThat(order.stream().filter("bob"::equals)).hasSize(3);
  }

  /** Once a retry waited behind all that its user had submitted after it. */
  @Test
  void a_job_that_is_due_again_does_not_wait_behind_the_line_of_its_user() {
    accept(0, Stream.generate(() -> "ada").limit(200).toArray(String[]::new));
    assertThat(dispatch(100).jobs()).hasSize(100);
    var retry = aWaitingJob().with("user_id", "ada").in(ledger);

    assertThat(ledger.fairQueue.drawForDue(MANY)).isEqualTo(1);

    assertThat(ids(dispatch(1))).containsExactly(retry);
  }

  @Test
  void what_was_let_go_fills_the_window_until_a_worker_takes_it_up() {
    aQueuedJob().enqueued().in(ledger);
    aQueuedJob().publishAfter(Duration.ofSeconds(4)).in(ledger);
    aWaitingJob().due(Duration.ofMinutes(1)).in(ledger);
    aWaitingJob().in(ledger);
    aHeldJob().in(ledger);
    aCompletedJob().in(ledger);
    IntStream.range(0, 9).forEach(turn -> aJobInLine("ada", turn).in(ledger));

    var batch = ledger.fairQueue.dispatch(5, 5, MANY).orElseThrow();

    assertThat(batch.unclaimed()).isEqualTo(2);
    assertThat(batch.jobs()).hasSize(3);
    assertThat(ledger.fairQueue.dispatch(5, 5, MANY))
        .contains(new DispatchBatch(List.of(), 5, true));
    assertThat(ledger.claim(WORKER, Duration.ofMinutes(1), ids(batch))).hasSize(3);
    assertThat(ledger.fairQueue.dispatch(5, 5, 2).orElseThrow().jobs()).hasSize(2);
    assertThat(ledger.fairQueue.dispatch(3, 3, MANY))
        .contains(new DispatchBatch(List.of(), 3, true));
  }

  @Test
  void only_a_few_go_beyond_what_workers_can_begin_at_once() {
    aHeldJob().in(ledger);
    ledger.workerStore.heartbeat(WORKER, Duration.ofMinutes(1), new WorkerDescription("1.2.3", 3));
    ledger.workerStore.heartbeat(
        "paused", Duration.ofMinutes(1), new WorkerDescription("1.2.3", 9));
    ledger.workerStore.orders("paused", "its circuit is open");
    IntStream.range(0, 9).forEach(turn -> aJobInLine("ada", turn).in(ledger));

    var batch = ledger.fairQueue.dispatch(MANY, 4, MANY).orElseThrow();

    assertThat(batch.jobs()).as("two free slots, and four").hasSize(6);
    assertThat(ledger.fairQueue.dispatch(MANY, 4, MANY))
        .contains(new DispatchBatch(List.of(), 6, true));
  }

  @Test
  void one_gateway_is_served_at_a_time() throws SQLException {
    accept(0, "ada");
    try (var other = ledger.database.asApplication().getConnection()) {
      other.setAutoCommit(false);
      other.createStatement().execute("select from public.generation_turns for update");

      assertThat(ledger.fairQueue.dispatch(MANY, MANY, MANY)).isEmpty();
      other.rollback();
    }
    assertThat(dispatch(MANY).jobs()).hasSize(1);
  }

  @Test
  void a_job_whose_gateway_died_before_it_was_sent_is_published_by_a_sweep() {
    accept(0, "ada");
    assertThat(dispatch(MANY).jobs()).hasSize(1);
    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();

    makeWhatIsReservedDue();

    assertThat(dispatch(MANY).jobs()).isEmpty();
    assertThat(ledger.jobOutbox.reserveDue(10)).hasSize(1);
  }

  @Test
  void a_job_that_is_held_back_ends_at_its_deadline() {
    var id = aJobInLine("ada", 3).overdue().in(ledger);

    assertThat(ledger.endOverdue(10)).hasSize(1);

    assertThatJob(ledger, id).isFailedWith("deadline_exceeded");
    assertThat(dispatch(MANY)).isEqualTo(new DispatchBatch(List.of(), 0, false));
  }

  @Test
  void a_job_that_is_held_back_may_be_taken_up_from_an_old_record_and_draws_again_after() {
    var id = aJobInLine("ada", 3).in(ledger);
    var claimed = ledger.claim(WORKER, Duration.ofSeconds(30), List.of(id));
    assertThat(claimed).hasSize(1);
    assertThat(dispatch(MANY)).isEqualTo(new DispatchBatch(List.of(), 0, false));

    ledger.jobStore.rescheduleIfHeld(
        claimed.getFirst().attempt(),
        new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "It was down.", true, Duration.ZERO));

    assertThatJob(ledger, id).has("turn", null).has("state", "due");
    assertThat(ledger.fairQueue.drawForDue(10)).isEqualTo(1);
    assertThat(ids(dispatch(MANY))).containsExactly(id);
  }

  @Test
  void a_job_is_not_dispatched_and_in_line_at_once() {
    assertThatThrownBy(() -> aJobInLine("ada", 1).with("state", "dispatched").in(ledger))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void gateways_that_let_go_at_once_let_each_job_go_once_and_fill_the_window_once()
      throws Exception {
    var known = accept(0, Stream.generate(() -> "ada").limit(150).toArray(String[]::new));

    var batches =
        new Race<Optional<DispatchBatch>>()
            .add(60, () -> ledger.fairQueue.dispatch(20, 20, 10))
            .against(20, () -> accept(0, "bob", "ada"))
            .against(20, () -> ledger.fairQueue.drawForDue(10))
            .against(20, () -> ledger.endOverdue(10))
            .run();
    var dispatched = new ArrayList<RequestId>();
    batches.stream().flatMap(Optional::stream).map(FairQueueIT::ids).forEach(dispatched::addAll);
    assertThat(dispatched).hasSizeBetween(10, 20);
    dispatched.addAll(ids(dispatch(MANY)));

    assertThat(dispatched).hasSize(150 + 40).doesNotHaveDuplicates();
    assertThat(dispatched).containsAll(known.stream().map(FairQueueIT::id).toList());
  }

  private List<Accepted> accept(int dispatched, String... users) {
    var jobs =
        Stream.of(users)
            .map(user ->
                new NewJob(
                    new RequestId(UUID.randomUUID()),
                    user,
                    REQUEST,
                    CALL,
                    Duration.ofMinutes(10),
                    TRACE))
            .toList();
    return ledger.jobStore.accept(jobs, dispatched).stream().map(Accepted.class::cast).toList();
  }

  private DispatchBatch dispatch(int atMost) {
    return ledger.fairQueue.dispatch(MANY, MANY, atMost).orElseThrow();
  }

  private void makeWhatIsReservedDue() {
    ledger
        .asOwner
        .sql("update public.generation_queue set publish_after = now() where state = 'dispatched'")
        .update();
  }

  private static RequestId id(Accepted accepted) {
    return accepted.job().message().requestId();
  }

  private static List<RequestId> ids(DispatchBatch batch) {
    return batch.jobs().stream().map(job -> job.message().requestId()).toList();
  }

  private static Stream<String> users(DispatchBatch batch) {
    return batch.jobs().stream().map(job -> job.message().userId());
  }
}
