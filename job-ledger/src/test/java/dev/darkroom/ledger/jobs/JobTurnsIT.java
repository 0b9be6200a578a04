package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
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

import dev.darkroom.ledger.jobs.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.JobTurns.Lot;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
class JobTurnsIT {
  private static final int MANY = 10_000;

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void jobs_that_there_is_no_room_for_are_accepted_and_wait_for_their_turn() {
    var accepted = accept(1, "ada", "ada", "ada");

    assertThat(accepted).extracting(Accepted::letGo).containsExactly(true, false, false);
    assertThat(accepted.getFirst().job().reservedUntil())
        .isEqualTo(accepted.getFirst().job().acceptedAt().plus(TestingLedger.RESERVATION));
    assertThatJob(ledger, id(accepted.get(2))).isFree().hasSteps("request_received");
    makeWhatIsReservedDue();
    assertThat(ledger.jobOutbox.reserveDue(MANY)).hasSize(1);
    assertThat(ledger.jobTurns.drawForDue(MANY)).isZero();

    var lot = letGo(MANY);

    assertThat(lot.untaken()).isEqualTo(1);
    assertThat(lot.othersWait()).isFalse();
    assertThat(ids(lot)).containsExactly(id(accepted.get(1)), id(accepted.get(2)));
    assertThat(lot.jobs().getFirst().message().request()).isEqualTo(REQUEST);
    assertThat(lot.jobs().getFirst().trace()).isEqualTo(TRACE);
    assertThat(ledger.jobOutbox.markEnqueued(lot.jobs())).isEqualTo(2);
    assertThat(letGo(MANY).jobs()).isEmpty();
  }

  @Test
  void nobody_waits_for_more_than_one_job_of_each_other_user() {
    accept(0, Stream.generate(() -> "ada").limit(200).toArray(String[]::new));
    accept(0, "bob", "cyd", "bob");

    var lot = letGo(8);

    assertThat(users(lot).filter("cyd"::equals)).hasSize(1);
    assertThat(users(lot).filter("bob"::equals)).hasSize(2);
    assertThat(lot.othersWait()).isTrue();
  }

  @Test
  void who_comes_late_joins_the_turn_that_is_being_served() {
    accept(0, Stream.generate(() -> "ada").limit(200).toArray(String[]::new));
    assertThat(letGo(100).jobs()).hasSize(100);

    accept(0, "bob");

    assertThat(users(letGo(2))).contains("bob");
  }

  @Test
  void who_sat_out_has_saved_up_no_turns() {
    accept(0, Stream.generate(() -> "ada").limit(50).toArray(String[]::new));
    assertThat(letGo(MANY).jobs()).hasSize(50);
    accept(0, "ada", "ada", "ada");
    accept(0, "bob", "bob", "bob");

    assertThat(users(letGo(4)).filter("bob"::equals)).hasSize(2);
  }

  @Test
  void retries_that_come_due_together_do_not_go_before_others() {
    for (var i = 0; i < 50; i++) {
      aWaitingJob().in(ledger);
    }
    aWaitingJob().due(Duration.ofMinutes(1)).in(ledger);
    aHeldJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);
    aCompletedJob().publishAfter(Duration.ofSeconds(-1)).in(ledger);

    assertThat(ledger.jobTurns.drawForDue(40)).isEqualTo(40);
    assertThat(ledger.jobTurns.drawForDue(40)).isEqualTo(10);
    assertThat(ledger.jobTurns.drawForDue(40)).isZero();
    accept(0, "bob");

    assertThat(users(letGo(2))).contains("bob");
    assertThat(letGo(MANY).jobs()).as("and all of them go").hasSize(49);
  }

  @Test
  void what_was_let_go_fills_the_window_until_a_worker_takes_it_up() {
    aQueuedJob().enqueued().in(ledger);
    aQueuedJob().publishAfter(Duration.ofSeconds(4)).in(ledger);
    aWaitingJob().due(Duration.ofMinutes(1)).in(ledger);
    aWaitingJob().in(ledger);
    aHeldJob().with("let_go", true).in(ledger);
    aCompletedJob().with("let_go", true).in(ledger);
    IntStream.range(0, 9).forEach(turn -> aJobInLine("ada", turn).in(ledger));

    var lot = ledger.jobTurns.letGo(5, MANY).orElseThrow();

    assertThat(lot.untaken()).isEqualTo(2);
    assertThat(lot.jobs()).hasSize(3);
    assertThat(ledger.jobTurns.letGo(5, MANY)).contains(new Lot(List.of(), 5, true));
    assertThat(ledger.claim(WORKER, Duration.ofMinutes(1), intents(lot))).hasSize(3);
    assertThat(ledger.jobTurns.letGo(5, 2).orElseThrow().jobs()).hasSize(2);
    assertThat(ledger.jobTurns.letGo(3, MANY)).contains(new Lot(List.of(), 3, true));
  }

  @Test
  void one_gateway_is_served_at_a_time() throws SQLException {
    accept(0, "ada");
    try (var other = ledger.database.asApplication().getConnection()) {
      other.setAutoCommit(false);
      other.createStatement().execute("select from public.generation_turns for update");

      assertThat(ledger.jobTurns.letGo(MANY, MANY)).isEmpty();
      other.rollback();
    }
    assertThat(letGo(MANY).jobs()).hasSize(1);
  }

  @Test
  void a_job_whose_gateway_died_before_it_was_sent_is_published_by_a_sweep() {
    accept(0, "ada");
    assertThat(letGo(MANY).jobs()).hasSize(1);
    assertThat(ledger.jobOutbox.reserveDue(10)).isEmpty();

    makeWhatIsReservedDue();

    assertThat(letGo(MANY).jobs()).isEmpty();
    assertThat(ledger.jobOutbox.reserveDue(10)).hasSize(1);
  }

  @Test
  void a_job_that_is_held_back_ends_at_its_deadline() {
    var id = aJobInLine("ada", 3).overdue().in(ledger);

    assertThat(ledger.rescueJobs.endOverdue(10)).hasSize(1);

    assertThatJob(ledger, id).isFailedWith("deadline_exceeded");
    assertThat(letGo(MANY)).isEqualTo(new Lot(List.of(), 0, false));
  }

  @Test
  void a_job_that_is_held_back_may_be_taken_up_from_an_old_record_and_draws_again_after() {
    var id = aJobInLine("ada", 3).in(ledger);
    var claimed = ledger.claim(WORKER, Duration.ofSeconds(30), List.of(new Intent(id, Map.of())));
    assertThat(claimed).hasSize(1);
    assertThat(letGo(MANY)).isEqualTo(new Lot(List.of(), 0, false));

    ledger.rescheduleJobs.rescheduleIfHeld(
        claimed.getFirst().attempt(),
        new Setback(Step.ATTEMPT_FAILED, "outage", "It was down.", true, Duration.ZERO));

    assertThatJob(ledger, id).has("turn", null).has("let_go", false);
    assertThat(ledger.jobTurns.drawForDue(10)).isEqualTo(1);
    assertThat(ids(letGo(MANY))).containsExactly(id);
  }

  @Test
  void a_job_is_not_let_go_and_in_line_at_once() {
    assertThatThrownBy(() -> aJobInLine("ada", 1).with("let_go", true).in(ledger))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  @Test
  void gateways_that_let_go_at_once_let_each_job_go_once_and_fill_the_window_once()
      throws Exception {
    var known = accept(0, Stream.generate(() -> "ada").limit(150).toArray(String[]::new));

    var lots =
        new Race<Optional<Lot>>()
            .add(60, () -> ledger.jobTurns.letGo(20, 10))
            .against(20, () -> accept(0, "bob", "ada"))
            .against(20, () -> ledger.jobTurns.drawForDue(10))
            .against(20, () -> ledger.rescueJobs.endOverdue(10))
            .run();
    var letGo = new ArrayList<RequestId>();
    lots.stream().flatMap(Optional::stream).map(JobTurnsIT::ids).forEach(letGo::addAll);
    assertThat(letGo).hasSizeBetween(10, 20);
    letGo.addAll(ids(letGo(MANY)));

    assertThat(letGo).hasSize(150 + 40).doesNotHaveDuplicates();
    assertThat(letGo).containsAll(known.stream().map(JobTurnsIT::id).toList());
  }

  private List<Accepted> accept(int letGo, String... users) {
    var jobs =
        Stream.of(users)
            .map(user ->
                new NewJob(
                    new RequestId(UUID.randomUUID()), user, REQUEST, Duration.ofMinutes(10), TRACE))
            .toList();
    return ledger.acceptJobs.accept(jobs, letGo).stream().map(Accepted.class::cast).toList();
  }

  private Lot letGo(int atMost) {
    return ledger.jobTurns.letGo(MANY, atMost).orElseThrow();
  }

  private void makeWhatIsReservedDue() {
    ledger
        .asOwner
        .sql("update public.generation_jobs set publish_after = now() where let_go")
        .update();
  }

  private static RequestId id(Accepted accepted) {
    return accepted.job().message().requestId();
  }

  private static List<RequestId> ids(Lot lot) {
    return lot.jobs().stream().map(job -> job.message().requestId()).toList();
  }

  private static Stream<String> users(Lot lot) {
    return lot.jobs().stream().map(job -> job.message().userId());
  }

  private static List<Intent> intents(Lot lot) {
    return ids(lot).stream().map(id -> new Intent(id, Map.of())).toList();
  }
}
