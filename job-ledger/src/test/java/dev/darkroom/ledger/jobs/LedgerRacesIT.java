package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.BUILD;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.LedgerAgreement.assertThatLogAndJobsAgree;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each race is run by far more threads than there are connections. None may end in a deadlock
 * (SQLSTATE 40P01) or any other exception: whoever comes too late gets an empty answer.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 30, unit = SECONDS)
class LedgerRacesIT {
  private static final int JOBS = 100;
  private static final int BATCH = 10;
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final RetryableFailure SETBACK =
      new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "It was down.", true, Duration.ZERO);

  private final TestingLedger ledger =
      TestingLedger.empty().withPolicy(100, UnknownOutcomePolicy.RETRY);

  @AfterEach
  void log_and_jobs_agree() {
    assertThatLogAndJobsAgree(ledger);
  }

  @Test
  void claim_against_claim() throws Exception {
    var jobs = accepted();

    var claimed = new Race<List<ClaimedJob>>().add(100, () -> claimAll(jobs)).run();

    assertThat(claimed.stream().flatMap(List::stream)).hasSize(JOBS);
  }

  @Test
  void complete_against_deadline() throws Exception {
    var attempts = claimed(LEASE);
    ledger
        .asOwner
        .sql("update public.generation_queue set deadline_at = clock_timestamp()")
        .update();

    var race = new Race<Integer>();
    attempts.forEach(attempt -> race.add(1, () -> complete(attempt).isPresent() ? 1 : 0));
    race.add(40, () -> ledger.endOverdue(BATCH).size());
    var endings = sum(race.run()) + ledger.endOverdue(JOBS).size();

    assertThat(endings).isEqualTo(JOBS);
    assertThat(open()).isZero();
  }

  @Test
  void complete_against_rescue() throws Exception {
    var attempts = claimed(Duration.ZERO);

    var race = new Race<Optional<FinishedJob>>().against(40, this::rescue);
    attempts.forEach(attempt -> race.add(1, () -> complete(attempt)));

    assertThat(race.run()).as("a picture is worth more than a retry").allMatch(Optional::isPresent);
  }

  @Test
  void complete_against_rescue_and_the_next_claim() throws Exception {
    var attempts = claimed(Duration.ZERO);
    var jobs = attempts.stream().map(Attempt::requestId).toList();

    var race = new Race<Integer>().against(20, this::rescue).add(60, () -> claimAll(jobs).size());
    attempts.forEach(attempt -> race.add(1, () -> complete(attempt).isPresent() ? 1 : 0));

    assertThat(sum(race.run())).as("pictures and second attempts").isEqualTo(JOBS);
  }

  @Test
  void reschedule_against_rescue() throws Exception {
    var attempts = claimed(Duration.ZERO);

    var race = new Race<Integer>().add(40, () -> rescue().size());
    attempts.forEach(attempt -> race.add(1, () -> reschedule(attempt) ? 1 : 0));

    assertThat(sum(race.run())).isEqualTo(JOBS);
    assertThat(waiting()).isEqualTo(JOBS);
  }

  @Test
  void mark_enqueued_against_claim() throws Exception {
    var due = ledger.accept(newJobs(JOBS * 2));
    var jobs = due.stream().map(job -> job.message().requestId()).toList();

    var race = new Race<Integer>();
    for (var from = 0; from < due.size(); from += BATCH) {
      var ids = jobs.subList(from, from + BATCH);
      var sent = shuffled(due.subList(from, from + BATCH));
      race.against(3, () -> ledger.jobOutbox.markEnqueued(sent)).add(1, () -> claim(ids).size());
    }

    assertThat(sum(race.run()))
        .as("a claim waits for a mark, and doesn't pass by the job")
        .isEqualTo(JOBS * 2);
  }

  @Test
  void heartbeat_against_rescue() throws Exception {
    claimed(Duration.ZERO);

    var rescued =
        new Race<Integer>()
            .against(60, () -> ledger.workerStore.heartbeat(WORKER, LEASE, BUILD))
            .add(60, () -> rescue().size())
            .run();

    assertThat(sum(rescued)).isEqualTo(waiting());
  }

  @Test
  void heartbeat_against_reschedule_and_claim() throws Exception {
    var attempts = claimed(LEASE);
    var jobs = attempts.stream().map(Attempt::requestId).toList();

    var race =
        new Race<Boolean>()
            .against(60, () -> ledger.workerStore.heartbeat(WORKER, LEASE, BUILD))
            .against(60, () -> claimAll(jobs));
    attempts.forEach(attempt -> race.add(1, () -> reschedule(attempt)));

    assertThat(race.run()).allMatch(released -> released);
    assertThat(open()).isEqualTo(JOBS);
  }

  @Test
  void reserve_against_reserve() throws Exception {
    accepted();
    ledger.asOwner.sql("update public.generation_queue set publish_after = now()").update();

    var reserved =
        new Race<List<DueJob>>().add(100, () -> ledger.jobOutbox.reserveDue(BATCH)).run();
    var rest = ledger.jobOutbox.reserveDue(JOBS);

    assertThat(Stream.concat(reserved.stream().flatMap(List::stream), rest.stream()))
        .extracting(job -> job.message().requestId())
        .hasSize(JOBS)
        .doesNotHaveDuplicates();
  }

  @Test
  void overdue_against_overdue() throws Exception {
    claimed(LEASE);
    accepted();
    ledger.asOwner.sql("update public.generation_queue set deadline_at = now()").update();

    var ended = new Race<List<FinishedJob>>().add(100, () -> ledger.endOverdue(BATCH)).run();
    var rest = ledger.endOverdue(2 * JOBS);

    assertThat(Stream.concat(ended.stream().flatMap(List::stream), rest.stream()))
        .extracting(job -> job.event().requestId())
        .hasSize(2 * JOBS)
        .doesNotHaveDuplicates();
  }

  private List<RequestId> accepted() {
    return ledger.accept(newJobs(JOBS)).stream().map(job -> job.message().requestId()).toList();
  }

  private List<Attempt> claimed(Duration lease) {
    var jobs = accepted();
    return ledger.claim(WORKER, lease, jobs).stream().map(ClaimedJob::attempt).toList();
  }

  /** In batches, in an order of its own. */
  private List<ClaimedJob> claimAll(List<RequestId> jobs) {
    var order = shuffled(jobs);
    return IntStream.iterate(0, from -> from < order.size(), from -> from + BATCH)
        .mapToObj(from -> claim(order.subList(from, from + BATCH)))
        .flatMap(List::stream)
        .toList();
  }

  private List<ClaimedJob> claim(List<RequestId> jobs) {
    return ledger.claim(WORKER, LEASE, jobs);
  }

  private Optional<FinishedJob> complete(Attempt attempt) {
    return ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of());
  }

  private boolean reschedule(Attempt attempt) {
    return ledger.jobStore.rescheduleIfHeld(attempt, SETBACK) instanceof Rescheduled.DueAgain;
  }

  private List<Rescheduled> rescue() {
    return ledger.rescue(BATCH);
  }

  private static long sum(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).sum();
  }

  private long waiting() {
    return ledger.jobQueries.countOpen(Visibility.ALL).waiting();
  }

  private long open() {
    var open = ledger.jobQueries.countOpen(Visibility.ALL);
    return open.waiting() + open.scheduled() + open.running();
  }

  private static List<NewJob> newJobs(int number) {
    return Stream.generate(NewJobFixture::aNewJob).limit(number).toList();
  }

  private static <T> List<T> shuffled(List<T> list) {
    var shuffled = new ArrayList<>(list);
    Collections.shuffle(shuffled);
    return shuffled;
  }
}
