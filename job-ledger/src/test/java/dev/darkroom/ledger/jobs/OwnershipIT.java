package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;
import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJobOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import dev.darkroom.ledger.jobs.JobQueries.OpenJobs;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.KeyReused;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Replayed;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.ledger.listing.JobListFilter;
import dev.darkroom.ledger.listing.ListedJob;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.time.Instant;
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

/** Two owners whose jobs all have one label: what is another's is not there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OwnershipIT {
  private static final String ACME = "acme";
  private static final String GLOBEX = "globex";
  private static final Visibility OF_ACME = Visibility.of(ACME);
  private static final Visibility OF_GLOBEX = Visibility.of(GLOBEX);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final RetryableFailure OUTAGE =
      new RetryableFailure(
          Step.ATTEMPT_FAILED, "provider_unavailable", "It was down.", true, Duration.ZERO);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void every_step_of_a_job_says_whose_it_is() {
    var completed = accept(ACME);
    var retried = claim(completed);
    ledger.jobStore.rescheduleIfHeld(retried, OUTAGE);
    ledger.outcomeStore.completeIfCurrent(claim(completed), PICTURE, Map.of());

    ledger.outcomeStore.failIfCurrent(
        claim(accept(ACME)), Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of());

    ledger.outcomeStore.cancelIfOpen(accept(ACME), OF_ACME, null);

    claim(accept(ACME), "silent", Duration.ofMillis(1));
    ledger
        .asOwner
        .sql(
            "update public.generation_workers set lease_until = now() - interval '1 s' where"
                + " worker_id = 'silent'")
        .update();
    assertThat(ledger.rescue(10)).hasSize(1);

    var exhausted = accept(ACME);
    for (var attempt = 0; attempt < TestingLedger.MAX_ATTEMPTS; attempt++) {
      ledger.jobStore.rescheduleIfHeld(claim(exhausted), OUTAGE);
    }

    ledger.outcomeStore.endOversized(List.of(accept(ACME)));

    claim(accept(ACME));
    ledger
        .asOwner
        .sql(
            "update public.generation_queue set deadline_at = now() - interval '1 s' where state <>"
                + " 'ended'")
        .update();
    assertThat(ledger.endOverdue(10)).isNotEmpty();

    var id =
        new RequestId(new UUID((Instant.now().toEpochMilli() << 16) | 0x7000, 7L | (1L << 63)));
    ledger.lostJobStore.putBack(
        List.of(new JobMessage(id, "ada", REQUEST, CALL, Instant.now().plusSeconds(60), ACME)));

    assertThat(
            ledger
                .asOwner
                .sql("select distinct step from public.generation_logs")
                .query(String.class)
                .list())
        .as("all that a job can go through")
        .containsExactlyInAnyOrder(Stream.of(Step.values()).map(Step::word).toArray(String[]::new));
    for (var table : List.of("generation_logs", "generation_jobs", "generation_queue")) {
      assertThat(
              ledger
                  .asOwner
                  .sql("select distinct owner from public." + table)
                  .query(String.class)
                  .list())
          .as(table)
          .containsExactly(ACME);
    }
  }

  @Test
  void kafka_carries_the_owner_for_a_ledger_that_has_lost_the_job() {
    var message = ledger.accept(List.of(aNewJobOf(ACME))).getFirst().message();

    assertThat(message.owner()).isEqualTo(ACME);
    ledger.asOwner.sql("update public.generation_queue set publish_after = now()").update();
    assertThat(ledger.jobOutbox.reserveDue(1).getFirst().message()).isEqualTo(message);
  }

  @Test
  void one_key_of_two_owners_stands_for_two_jobs() {
    var key = new IdempotencyKey("k", "of this");
    var ours = aNewJobOf(ACME, key);
    var theirs = aNewJobOf(GLOBEX, new IdempotencyKey("k", "of that"));
    var nobodys = aNewJobOf("", key);

    assertThat(ledger.jobStore.accept(List.of(ours, theirs, nobodys), 0))
        .allSatisfy(accepted -> assertThat(accepted).isInstanceOf(Accepted.class));

    assertThat(ledger.jobStore.accept(List.of(aNewJobOf(GLOBEX, key), aNewJobOf(ACME, key))))
        .containsExactly(new KeyReused(theirs.id()), new Replayed(ours.id()));
    assertThat(accept(aNewJobOf("", key))).isEqualTo(new Replayed(nobodys.id()));
  }

  @Test
  void a_key_whose_job_was_deleted_is_free_for_its_owner_alone() {
    var key = new IdempotencyKey("k", "of this");
    var ours = aNewJobOf(ACME, key);
    var theirs = aNewJobOf(GLOBEX, key);
    ledger.accept(List.of(ours, theirs));
    ledger
        .asOwner
        .sql("delete from public.generation_jobs where owner = :owner")
        .param("owner", ACME)
        .update();

    assertThat(ledger.retentionStore.forgetKeyIfJobIsGone(ACME, "k", ours.id())).isTrue();
    assertThat(ledger.retentionStore.forgetKeyIfJobIsGone(GLOBEX, "k", theirs.id())).isFalse();

    assertThat(accept(aNewJobOf(ACME, key))).isInstanceOf(Accepted.class);
    assertThat(accept(aNewJobOf(GLOBEX, key))).isEqualTo(new Replayed(theirs.id()));
  }

  /** However many labels an owner thinks of. */
  @Test
  void an_owner_has_one_place_in_the_line_and_not_one_for_each_label() {
    ledger.jobStore.accept(
        IntStream.range(0, 60).mapToObj(i -> labelled(ACME, "user-" + i)).toList(), 0);
    ledger.jobStore.accept(List.of(labelled(GLOBEX, "user-1"), labelled(GLOBEX, "user-2")), 0);

    assertThat(dispatchedOwners(4)).filteredOn(GLOBEX::equals).hasSize(2);
  }

  @Test
  void where_nobody_has_an_owner_each_user_has_a_place_in_the_line() {
    ledger.jobStore.accept(IntStream.range(0, 60).mapToObj(_ -> labelled("", "ada")).toList(), 0);
    ledger.jobStore.accept(List.of(labelled("", "bob"), labelled("", "cyd")), 0);

    assertThat(ledger.fairQueue.dispatch(100, 100, 3).orElseThrow().jobs())
        .extracting(job -> job.message().userId())
        .containsExactlyInAnyOrder("ada", "bob", "cyd");
  }

  @Test
  void retries_of_an_owner_follow_each_other_whatever_their_labels() {
    var jobs = IntStream.range(0, 20).mapToObj(i -> labelled(ACME, "user-" + i)).toList();
    ledger.accept(jobs);
    for (var job : jobs) {
      ledger.jobStore.rescheduleIfHeld(claim(job.id()), OUTAGE);
    }
    ledger.asOwner.sql("update public.generation_queue set publish_after = now()").update();
    assertThat(ledger.fairQueue.drawForDue(100)).isEqualTo(20);

    assertThat(
            ledger
                .asOwner
                .sql("select count(distinct turn) from public.generation_queue")
                .query(Long.class)
                .single())
        .isEqualTo(20);
  }

  @Test
  void a_job_and_its_picture_are_found_by_its_owner_and_by_who_sees_all() {
    var job = completed(ACME);

    for (var visible : List.of(OF_ACME, Visibility.ALL)) {
      assertThat(ledger.jobQueries.find(job, visible).orElseThrow().owner()).isEqualTo(ACME);
      assertThat(ledger.jobQueries.findForSubmitter(job, visible)).isPresent();
      assertThat(ledger.jobQueries.findWithoutSteps(List.of(job), visible)).hasSize(1);
      assertThat(ledger.jobQueries.findPicture(job, visible)).isPresent();
      assertThat(ledger.stepQueries.knownAmong(List.of(job), visible)).containsExactly(job);
    }
    for (var visible : List.of(OF_GLOBEX, Visibility.of(""))) {
      assertThat(ledger.jobQueries.find(job, visible)).isEmpty();
      assertThat(ledger.jobQueries.findForSubmitter(job, visible)).isEmpty();
      assertThat(ledger.jobQueries.findWithoutSteps(List.of(job), visible)).isEmpty();
      assertThat(ledger.jobQueries.findPicture(job, visible)).isEmpty();
      assertThat(ledger.stepQueries.knownAmong(List.of(job), visible)).isEmpty();
    }
  }

  @Test
  void only_its_owner_and_who_sees_all_cancel_a_job() {
    var job = accept(ACME);

    assertThat(ledger.outcomeStore.cancelIfOpen(job, OF_GLOBEX, null))
        .isInstanceOf(Cancellation.NotOpen.class);
    assertThat(ledger.jobQueries.countOpen(OF_ACME)).extracting(OpenJobs::waiting).isEqualTo(1L);
    assertThat(ledger.outcomeStore.cancelIfOpen(job, OF_ACME, null))
        .isInstanceOf(Cancellation.Ended.class);
    assertThat(ledger.outcomeStore.cancelIfOpen(accept(ACME), Visibility.ALL, null))
        .isInstanceOf(Cancellation.Ended.class);
  }

  @Test
  void lists_have_no_job_of_others_and_no_place_of_one() {
    var ours = List.of(completed(ACME), failed(ACME), accept(ACME));
    var theirs = List.of(completed(GLOBEX), failed(GLOBEX), accept(GLOBEX));

    for (var filter :
        List.of(
            new JobListFilter(null, null, null, null, null),
            new JobListFilter(null, null, "ada", null, null))) {
      assertThat(listed(filter, OF_ACME)).containsExactlyInAnyOrderElementsOf(ours);
      assertThat(listed(filter, OF_GLOBEX)).containsExactlyInAnyOrderElementsOf(theirs);
      assertThat(listed(filter, Visibility.ALL)).hasSize(6);
    }
    assertThat(listed(new JobListFilter(null, "rejected", null, null, null), OF_ACME))
        .containsExactly(ours.get(1));
    assertThat(listed(new JobListFilter(JobStatus.STARTED, null, null, null, null), OF_ACME))
        .containsExactly(ours.get(2));
  }

  @Test
  void the_log_and_its_counts_have_no_step_of_others() {
    completed(ACME);
    completed(GLOBEX);
    var all = new LogFilter(null, null, null, null, null, null);
    var ofUser = new LogFilter(null, null, "ada", null, null, null);
    var text = new LogFilter(null, null, null, null, null, "lighthouse");

    for (var filter : List.of(all, ofUser, text)) {
      var page = ledger.logQueries.page(LogPosition.START, filter, OF_ACME, 50, 0);
      assertThat(page.entries()).extracting(LogEntry::owner).containsOnly(ACME).hasSize(3);
      assertThat(ledger.logQueries.scan(LogPosition.START, filter, OF_ACME, 50).entries())
          .isEqualTo(page.entries());
      assertThat(ledger.logQueries.count(filter, OF_ACME).rows()).isEqualTo(3);
      assertThat(ledger.logQueries.count(filter, Visibility.ALL).rows()).isEqualTo(6);
    }
    assertThat(ledger.stepQueries.ofUser("ada", OF_ACME, 0, Long.MAX_VALUE, 50))
        .extracting(LogEntry::owner)
        .containsOnly(ACME)
        .hasSize(3);
  }

  /** A search goes on where its window ended, so its window may hold no row of others. */
  @Test
  void a_search_that_finds_nothing_tells_no_place_in_the_rows_of_others() {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, owner, user_id, prompt, status, step)
            select gen_random_uuid(), 'globex', 'ada', 'a lighthouse', 'started', 'x' from generate_series(1, 5000)
            """)
        .update();
    var rare = new LogFilter(null, null, null, null, null, "unicorn");

    assertThat(ledger.logQueries.page(LogPosition.START, rare, OF_GLOBEX, 50, 0).next())
        .isNotNull();
    assertThat(ledger.logQueries.page(LogPosition.START, rare, OF_ACME, 50, 0).next()).isNull();
  }

  @Test
  void statistics_and_usage_count_no_job_of_others() {
    completed(ACME);
    failed(GLOBEX);
    accept(GLOBEX);
    var until = ledger.jobStatistics.now().plusSeconds(60);
    var since = until.minus(Duration.ofHours(1));

    var ours = ledger.jobStatistics.between(since, until, OF_ACME).getFirst();
    assertThat(List.of(ours.submitted(), ours.completed(), ours.failed())).containsExactly(1, 1, 0);
    assertThat(ledger.jobStatistics.failures(since, until, OF_ACME)).isEmpty();
    assertThat(ledger.jobStatistics.failures(since, until, OF_GLOBEX)).hasSize(1);
    assertThat(ledger.jobQueries.countOpen(OF_ACME).waiting()).isZero();
    assertThat(ledger.jobQueries.countOpen(OF_GLOBEX).waiting()).isEqualTo(1);

    for (var grouping : UsageGrouping.values()) {
      var usage = ledger.usageQueries.between(since, until, OF_GLOBEX, "ada", grouping);
      assertThat(usage.total().jobs()).as(grouping.name()).isEqualTo(2);
      assertThat(usage.total().pictures()).as(grouping.name()).isZero();
    }
  }

  @Test
  void the_history_has_the_ends_of_ones_own_jobs() {
    var ours = new ArrayList<RequestId>();
    for (var i = 0; i < 5; i++) {
      ours.add(completed(ACME));
      failed(GLOBEX);
    }

    var read = new ArrayList<RequestId>();
    var page = (HistoryPage) ledger.historyQueries.read(Optional.empty(), OF_ACME, 2);
    while (true) {
      page.ends().forEach(end -> read.add(end.event().requestId()));
      if (page.complete()) {
        break;
      }
      page = (HistoryPage) ledger.historyQueries.read(Optional.of(page.next()), OF_ACME, 2);
    }

    assertThat(read).isEqualTo(ours);
  }

  private List<RequestId> listed(JobListFilter filter, Visibility visible) {
    var page = ledger.jobListQueries.page(null, filter, visible, 50);
    assertThat(page.next()).isNull();
    return page.jobs().stream().map(ListedJob::requestId).toList();
  }

  private List<String> dispatchedOwners(int limit) {
    return ledger.fairQueue.dispatch(100, 100, limit).orElseThrow().jobs().stream()
        .map(job -> job.message().owner())
        .toList();
  }

  private static NewJob labelled(String owner, String userId) {
    var id = new RequestId(UUID.randomUUID());
    return new NewJob(
        id, owner, userId, REQUEST, CALL, Duration.ofMinutes(10), TRACE, null, null, null);
  }

  private Acceptance accept(NewJob job) {
    return ledger.jobStore.accept(List.of(job)).getFirst();
  }

  private RequestId accept(String owner) {
    return ledger.accept(List.of(aNewJobOf(owner))).getFirst().message().requestId();
  }

  private Attempt claim(RequestId job) {
    return claim(job, JobFixture.WORKER, LEASE);
  }

  private Attempt claim(RequestId job, String worker, Duration lease) {
    return ledger.claim(worker, lease, List.of(job)).getFirst().attempt();
  }

  private RequestId completed(String owner) {
    var job = accept(owner);
    ledger.outcomeStore.completeIfCurrent(claim(job), PICTURE, Map.of());
    return job;
  }

  private RequestId failed(String owner) {
    var job = accept(owner);
    ledger.outcomeStore.failIfCurrent(
        claim(job), Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of());
    return job;
  }
}
