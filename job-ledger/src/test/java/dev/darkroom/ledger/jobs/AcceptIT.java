package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.NewJobFixture.DEADLINE;
import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.batch.GroupCommit;
import dev.darkroom.ledger.jobs.JobAssert.Logged;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AcceptIT {

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_job_and_its_first_step_are_written_together() {
    var job = aNewJob();

    var due = ledger.accept(List.of(job)).getFirst();

    assertThat(due.message().requestId()).isEqualTo(job.id());
    assertThat(due.message().userId()).isEqualTo("ada");
    assertThat(due.message().request()).isEqualTo(REQUEST);
    assertThat(due.trace()).isEqualTo(TRACE);
    assertThat(due.message().deadlineAt()).isEqualTo(due.acceptedAt().plus(DEADLINE));
    assertThat(due.reservedUntil()).isEqualTo(due.acceptedAt().plus(TestingLedger.RESERVATION));
    assertThatJob(ledger, job.id())
        .has("status", "started")
        .has("attempt", 0)
        .has("failures", 0)
        .has("enqueued_at", null)
        .isFree()
        .hasTime("due_at", Duration.ZERO)
        .hasSteps("request_received");
  }

  @Test
  void the_first_step_says_what_was_asked_for_and_until_when() {
    var job = aNewJob();

    ledger.accept(List.of(job));

    var deadline =
        ledger
            .asOwner
            .sql("select to_jsonb(deadline_at) #>> '{}' from public.generation_jobs")
            .query(String.class)
            .single();
    assertThatJob(ledger, job.id())
        .hasExactly(
            new Logged(
                "started",
                "request_received",
                Map.of(
                    "parameters",
                    Map.of(
                        "diffusionStrength",
                        0.7,
                        "styleIntensity",
                        0.5,
                        "style",
                        "sketch",
                        "width",
                        512,
                        "height",
                        768,
                        "seed",
                        42),
                    "deadline",
                    deadline)));
    var logged =
        ledger
            .asApplication
            .sql("select user_id, prompt from public.generation_logs where request_id = :id")
            .param("id", job.id().value())
            .query()
            .singleRow();
    assertThat(logged).containsEntry("user_id", "ada").containsEntry("prompt", "a lighthouse");
  }

  @Test
  void many_jobs_are_accepted_in_one_statement() {
    var jobs = Stream.generate(NewJobFixture::aNewJob).limit(200).toList();

    var due = ledger.accept(jobs);

    assertThat(due)
        .extracting(job -> job.message().requestId())
        .containsExactlyInAnyOrderElementsOf(jobs.stream().map(NewJob::id).toList());
    assertThat(
            ledger
                .logQueries
                .count(new LogFilter(null, null, null, null, null, null), Visibility.ALL)
                .rows())
        .isEqualTo(200);
  }

  @Test
  void no_jobs_are_accepted_without_a_fuss() {
    assertThat(ledger.accept(List.of())).isEmpty();
  }

  @Test
  void an_id_is_accepted_once_and_then_nothing_of_the_batch_is() {
    var job = aNewJob();
    var other = aNewJob();
    ledger.accept(List.of(job));

    assertThatThrownBy(() -> ledger.accept(List.of(other, job)))
        .isInstanceOf(DataIntegrityViolationException.class);

    assertThat(ledger.jobQueries.find(other.id(), Visibility.ALL)).isEmpty();
    assertThatJob(ledger, job.id()).hasSteps("request_received");
  }

  @Test
  void one_poisonous_job_does_not_fail_those_that_share_its_commit() throws Exception {
    var known = aNewJob();
    ledger.accept(List.of(known));
    var limits = new GroupCommit.CommitLimits(100, 100, 1, Duration.ofSeconds(10));
    try (var together =
        new GroupCommit<NewJob, Acceptance>("accept-jobs", limits, ledger.jobStore::accept)) {
      var answers =
          new Race<Acceptance>()
              .add(50, () -> together.write(aNewJob()))
              .against(5, () -> catchThrowable(() -> together.write(known)))
              .run();

      assertThat(answers).hasSize(50).allMatch(answer -> answer instanceof Acceptance.Accepted);
      assertThatThrownBy(() -> together.write(known))
          .isInstanceOf(DataIntegrityViolationException.class);
    }
    assertThat(ledger.jobQueries.countOpen(Visibility.ALL).waiting()).isEqualTo(51);
  }

  @Test
  void a_request_is_kept_to_the_last_digit_and_the_last_character() {
    var request =
        new GenerationRequest(
            "\"quotes\", {braces}, \\, \n, 🦊, ?, :id, 'ticks', $1",
            "",
            0.1 + 0.2,
            Double.MIN_VALUE,
            null,
            64,
            2048,
            Long.MAX_VALUE,
            null,
            null);
    var job =
        new NewJob(
            new RequestId(UUID.randomUUID()), "{,\"}", request, JobFixture.CALL, DEADLINE, TRACE);

    var due = ledger.accept(List.of(job)).getFirst();

    assertThat(due.message().request()).isEqualTo(request);
    assertThat(due.message().userId()).isEqualTo("{,\"}");
    assertThat(ledger.jobQueries.find(job.id(), Visibility.ALL).orElseThrow().request())
        .isEqualTo(request);
  }
}
