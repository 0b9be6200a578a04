package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.LedgerAgreement.assertThatLogAndJobsAgree;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Cancelling races against everything else that may change a job: whoever wins, the job has one
 * end. {@code -Ddarkroom.races=1000} runs each as often as that.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 5, unit = MINUTES)
class CancelRacesIT {
  private static final int JOBS = Integer.getInteger("darkroom.races", 100);
  private static final int LOT = 100;
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final RetryableFailure CUT =
      new RetryableFailure(
          Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "It was cut.", false, Duration.ZERO);

  private final TestingLedger ledger =
      TestingLedger.empty().withPolicy(100, UnknownOutcomePolicy.RETRY);

  @AfterEach
  void every_job_has_ended_once() {
    assertThat(ledger.jobQueries.countOpen(Visibility.ALL))
        .as("open jobs")
        .isEqualTo(new JobQueries.OpenJobs(0, 0, 0, 0, 0, 0, Map.of()));
    assertThatLogAndJobsAgree(ledger);
  }

  @Test
  void cancel_against_cancel() throws Exception {
    var jobs = accepted();

    var ended = race(jobs, job -> cancel(job), job -> cancel(job));

    assertThat(ended).filteredOn(Cancellation.Ended.class::isInstance).hasSize(JOBS);
  }

  @Test
  void cancel_against_claim() throws Exception {
    var jobs = accepted();

    race(jobs, job -> cancel(job), job -> ledger.claim(WORKER, LEASE, List.of(job)));

    cutAllThatRun();
  }

  @Test
  void cancel_against_complete() throws Exception {
    race(
        claimed(LEASE),
        attempt -> cancel(attempt.requestId()),
        attempt -> ledger.outcomeStore.completeIfCurrent(attempt, PICTURE, Map.of()));

    assertThat(endedWith("completed")).isEqualTo(JOBS);
  }

  @Test
  void cancel_against_fail() throws Exception {
    race(
        claimed(LEASE),
        attempt -> cancel(attempt.requestId()),
        attempt ->
            ledger.outcomeStore.failIfCurrent(
                attempt, Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of()));

    assertThat(endedWith("rejected")).isEqualTo(JOBS);
  }

  @Test
  void cancel_against_reschedule() throws Exception {
    race(
        claimed(LEASE),
        attempt -> cancel(attempt.requestId()),
        attempt -> ledger.jobStore.rescheduleIfHeld(attempt, CUT));

    assertThat(endedWith("cancelled")).isEqualTo(JOBS);
  }

  @Test
  void cancel_against_rescue() throws Exception {
    race(
        claimed(Duration.ZERO),
        attempt -> cancel(attempt.requestId()),
        ledger.jobStore::rescueIfLapsed);

    assertThat(endedWith("cancelled")).isEqualTo(JOBS);
  }

  @Test
  void cancel_against_the_deadline() throws Exception {
    var attempts = claimed(LEASE);
    ledger.asOwner.sql("update public.generation_queue set deadline_at = now()").update();

    race(attempts, attempt -> cancel(attempt.requestId()), _ -> ledger.endOverdue(10));
    ledger.endOverdue(JOBS);

    assertThat(endedWith("deadline_exceeded")).isEqualTo(JOBS);
  }

  private interface Racer<T> {
    Object of(T job) throws Exception;
  }

  /** Both for each job, all of a lot at the same time: more would only wait for connections. */
  private static <T> List<Object> race(List<T> jobs, Racer<T> one, Racer<T> other)
      throws Exception {
    var answers = new ArrayList<>();
    for (var begin = 0; begin < jobs.size(); begin += LOT) {
      var race = new Race<Object>();
      for (var job : jobs.subList(begin, Math.min(begin + LOT, jobs.size()))) {
        Callable<Object> first = () -> one.of(job);
        Callable<Object> second = () -> other.of(job);
        race.add(1, first).add(1, second);
      }
      answers.addAll(race.run());
    }
    return answers;
  }

  private Cancellation cancel(RequestId job) {
    return ledger.outcomeStore.cancelIfOpen(job, Visibility.ALL, null);
  }

  private void cutAllThatRun() {
    for (var attempt : ledger.workerStore.orders(WORKER, null).cancelled()) {
      var _ = ledger.jobStore.rescheduleIfHeld(attempt, CUT);
    }
  }

  private List<RequestId> accepted() {
    var jobs = Stream.generate(NewJobFixture::aNewJob).limit(JOBS).toList();
    return ledger.accept(jobs).stream().map(job -> job.message().requestId()).toList();
  }

  private List<Attempt> claimed(Duration lease) {
    return ledger.claim(WORKER, lease, accepted()).stream().map(ClaimedJob::attempt).toList();
  }

  private long endedWith(String codeOrStatus) {
    return ledger
        .asOwner
        .sql(
            """
            select count(*) from public.generation_jobs
            where coalesce(error_code, status) = :code
            """)
        .param("code", codeOrStatus)
        .query(Long.class)
        .single();
  }
}
