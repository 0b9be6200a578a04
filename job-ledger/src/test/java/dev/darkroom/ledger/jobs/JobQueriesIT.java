package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aJobInLine;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobQueriesIT {
  private final TestingLedger ledger = TestingLedger.empty();

  /** Once a smaller limit made rows unreadable that had been accepted under a larger one. */
  @Test
  void a_job_that_was_accepted_under_other_limits_can_be_read() {
    var longPrompt = "x".repeat(GenerationRequest.MAX_PROMPT + 1);
    var request = new GenerationRequest(longPrompt, null, 0.7, 0.5, null, 4096, 32, 7, null, null);
    var id = aQueuedJob().with("request", request).in(ledger);

    assertThat(ledger.jobQueries.find(id, Visibility.ALL).orElseThrow().request())
        .isEqualTo(request);
  }

  @Test
  void an_open_job_is_found_with_its_steps_oldest_first() {
    var job = NewJobFixture.aNewJob();
    var accepted = ledger.accept(List.of(job)).getFirst();
    ledger.claim("worker-7", Duration.ofSeconds(30), List.of(job.id()));

    var found = ledger.jobQueries.find(job.id(), Visibility.ALL).orElseThrow();

    assertThat(found.requestId()).isEqualTo(job.id());
    assertThat(found.userId()).isEqualTo("ada");
    assertThat(found.request()).isEqualTo(REQUEST);
    assertThat(found.status()).isEqualTo(JobStatus.PROCESSING);
    assertThat(found.deadlineAt()).isEqualTo(accepted.message().deadlineAt());
    assertThat(found.picture()).isNull();
    assertThat(found.error()).isNull();
    assertThat(found.finishedAt()).isNull();
    assertThat(found.steps())
        .extracting(LogEntry::step)
        .containsExactly("request_received", "calling_nebius_api");
    assertThat(found.steps().getFirst().createdAt()).isEqualTo(accepted.acceptedAt());
  }

  @Test
  void a_completed_job_has_a_picture_and_a_failed_one_an_error() {
    var completed =
        ledger.jobQueries.find(aCompletedJob().in(ledger), Visibility.ALL).orElseThrow();
    var failed = ledger.jobQueries.find(aFailedJob().in(ledger), Visibility.ALL).orElseThrow();

    assertThat(completed.picture()).isEqualTo(PICTURE);
    assertThat(completed.error()).isNull();
    assertThat(completed.finishedAt()).isNotNull();
    assertThat(failed.picture()).isNull();
    assertThat(failed.error()).isEqualTo(new Job.JobFailure("rejected", "Nebius did not want it."));
  }

  @Test
  void a_job_that_nobody_submitted_is_not_found() {
    assertThat(ledger.jobQueries.find(new RequestId(UUID.randomUUID()), Visibility.ALL)).isEmpty();
  }

  @Test
  @Timeout(value = 20, unit = SECONDS)
  void more_askers_than_connections_do_not_wait_for_each_other() throws Exception {
    var id = aCompletedJob().in(ledger);
    try (var narrow = TestingLedger.pool(ledger.database, 2);
        var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      var through = new TestingLedger(ledger.database, narrow);

      var answers =
          IntStream.range(0, 100)
              .mapToObj(_ -> askers.submit(() -> through.jobQueries.find(id, Visibility.ALL)))
              .toList();

      for (var answer : answers) {
        assertThat(answer.get()).isPresent();
      }
    }
  }

  @Test
  void those_that_have_ended_are_picked_out() {
    var completed = aCompletedJob().in(ledger);
    var failed = aFailedJob().in(ledger);
    var open = aHeldJob().in(ledger);

    assertThat(ledger.jobQueries.endedAmong(List.of(open, failed, completed)))
        .containsExactlyInAnyOrder(completed, failed);
    assertThat(ledger.jobQueries.endedAmong(List.of())).isEmpty();
  }

  @Test
  void open_jobs_are_counted_by_what_they_are_doing() {
    aQueuedJob().due(Duration.ofSeconds(-30)).in(ledger);
    aWaitingJob().in(ledger);
    aJobInLine("ada", 7).in(ledger);
    aWaitingJob().due(Duration.ofSeconds(60)).in(ledger);
    aHeldJob().in(ledger);
    aHeldJob().in(ledger);
    aHeldJob().in(ledger);
    aCompletedJob().in(ledger);

    var open = ledger.jobQueries.countOpen(Visibility.ALL);

    assertThat(open.waiting()).isEqualTo(3);
    assertThat(open.heldBack()).isEqualTo(1);
    assertThat(open.scheduled()).isEqualTo(1);
    assertThat(open.running()).isEqualTo(3);
    assertThat(open.oldestWaitingSeconds()).isCloseTo(30, within(4.0));
  }

  @Test
  void jobs_that_wait_for_their_next_attempt_are_counted_by_what_became_of_the_last() {
    for (var code : List.of("rate_limited", "misconfigured", "rate_limited")) {
      var attempt = aHeldJob().heldIn(ledger);
      ledger.jobStore.rescheduleIfHeld(
          attempt,
          new RetryableFailure(Step.ATTEMPT_FAILED, code, "r", false, Duration.ofMinutes(1)));
    }

    assertThat(ledger.jobQueries.countOpen(Visibility.ALL).scheduledBy())
        .containsOnly(Map.entry("rate_limited", 2L), Map.entry("misconfigured", 1L));
  }

  @Test
  void an_idle_ledger_counts_nothing() {
    assertThat(ledger.jobQueries.countOpen(Visibility.ALL))
        .isEqualTo(new JobQueries.OpenJobs(0, 0, 0, 0, 0, 0, Map.of()));
  }

  @Test
  void of_a_job_with_thousands_of_steps_the_first_and_the_latest_are_read_without_their_prompts() {
    var job = NewJobFixture.aNewJob();
    ledger.accept(List.of(job));
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details)
            select :id, 'ada', repeat('x', 2000), 'processing', 'step ' || n,
              jsonb_build_object('n', n, 'parameters', jsonb_build_object('prompt', repeat('x', 2000), 'model', 'm'))
            from generate_series(1, 3000) as n
            """)
        .param("id", job.id().value())
        .update();

    var steps = ledger.jobQueries.find(job.id(), Visibility.ALL).orElseThrow().steps();

    assertThat(steps).hasSize(1_000);
    assertThat(steps.getFirst().step()).isEqualTo("request_received");
    assertThat(steps.get(99).step()).isEqualTo("step 99");
    assertThat(steps.get(100).step()).isEqualTo("step 2101");
    assertThat(steps.getLast().step()).isEqualTo("step 3000");
    assertThat(steps.getLast().details())
        .isEqualTo(Map.of("n", 3000, "parameters", Map.of("model", "m")));
  }

  @Test
  void only_a_completed_job_has_a_picture() {
    assertThat(ledger.jobQueries.findPicture(aCompletedJob().in(ledger), Visibility.ALL))
        .contains(PICTURE);
    assertThat(ledger.jobQueries.findPicture(aFailedJob().in(ledger), Visibility.ALL)).isEmpty();
    assertThat(ledger.jobQueries.findPicture(new RequestId(UUID.randomUUID()), Visibility.ALL))
        .isEmpty();
  }
}
