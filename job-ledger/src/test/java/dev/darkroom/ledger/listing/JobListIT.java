package dev.darkroom.ledger.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.Billing.BillingState;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedJob;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedState;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every filter with every other, against a search in Java over the same jobs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class JobListIT {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final JobListFilter ALL = new JobListFilter(null, null, null, null, null);
  private static final List<JobStatus> STATUSES = List.of(JobStatus.values());
  private static final List<ArchivedState> STATES = List.of(ArchivedState.values());
  private static final List<String> CODES = List.of("rejected", "deadline_exceeded", "cancelled");

  private final Random random = new Random(7);
  private final TestingLedger ledger = TestingLedger.empty();
  private final TestingArchive archive = TestingArchive.in(ledger);

  @Test
  void all_filters_together_find_what_a_search_by_hand_finds_page_by_page() {
    var jobs = twoHundredJobsManyAtTheSameMoment();
    for (var i = 0; i < 250; i++) {
      var filter = aFilter();
      assertThat(walk(filter, 1 + random.nextInt(60)))
          .as("%s", filter)
          .extracting(ListedJob::requestId)
          .containsExactlyElementsOf(
              jobs.stream()
                  .filter(job -> matches(job, filter))
                  .map(ArchivedJob::requestId)
                  .toList());
    }
  }

  @Test
  void each_filter_alone_narrows_the_list() {
    var jobs = twoHundredJobsManyAtTheSameMoment();
    var alone = new ArrayList<JobListFilter>();
    STATUSES.forEach(status -> alone.add(new JobListFilter(status, null, null, null, null)));
    CODES.forEach(code -> alone.add(new JobListFilter(null, code, null, null, null)));
    alone.add(new JobListFilter(null, null, "user-2", null, null));
    alone.add(new JobListFilter(null, null, null, NOON.plusMillis(9), null));
    alone.add(new JobListFilter(null, null, null, null, NOON.plusMillis(9)));
    for (var filter : alone) {
      assertThat(walk(filter, 17))
          .as("%s", filter)
          .isNotEmpty()
          .hasSizeLessThan(jobs.size())
          .extracting(ListedJob::requestId)
          .containsExactlyElementsOf(
              jobs.stream()
                  .filter(job -> matches(job, filter))
                  .map(ArchivedJob::requestId)
                  .toList());
    }
  }

  @Test
  void a_job_is_shown_as_it_stands() {
    for (var state : STATES) {
      var written = write(NOON, "ada", state);
      var listed = walk(new JobListFilter(null, null, null, NOON, null), 1).getFirst();
      var ended = !state.isOpen();

      assertThat(listed.requestId()).isEqualTo(written.requestId());
      assertThat(listed.userId()).isEqualTo("ada");
      assertThat(listed.status()).isEqualTo(written.status());
      assertThat(listed.prompt()).isEqualTo(TestingArchive.PROMPT);
      assertThat(listed.model()).isEqualTo(written.model());
      assertThat(listed.createdAt()).isEqualTo(NOON);
      assertThat(listed.deadlineAt()).isEqualTo(NOON.plusSeconds(15 * 60));
      assertThat(listed.finishedAt()).isEqualTo(ended ? NOON.plusSeconds(9) : null);
      assertThat(listed.attempts()).isEqualTo(ended ? 2 : state == ArchivedState.IN_LINE ? 0 : 3);
      assertThat(listed.imageUrl() != null).isEqualTo(written.hasPicture());
      assertThat(listed.error() != null).isEqualTo(state == ArchivedState.FAILED);
      assertThat(listed.replayOf()).isNull();
      assertThat(listed.billing()).isEqualTo(written.billing());
      ledger.asOwner.sql("delete from public.generation_jobs").update();
      ledger.asOwner.sql("delete from public.generation_queue").update();
    }
  }

  @Test
  void a_picture_that_was_removed_is_not_shown_and_a_replay_names_its_original() {
    var job = write(NOON, "ada", ArchivedState.COMPLETED);
    var original = UUID.randomUUID();
    ledger
        .asOwner
        .sql("update public.generation_jobs set image_removed_at = now(), replay_of = :original")
        .param("original", original)
        .update();

    var listed = walk(ALL, 9).getFirst();

    assertThat(listed.requestId()).isEqualTo(job.requestId());
    assertThat(listed.imageUrl()).isNull();
    assertThat(listed.replayOf()).isEqualTo(new RequestId(original));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, false, NO, 0",
    "2, 0, 0, false, NO, 2",
    "2, 1, 0, false, YES, 2",
    "3, 1, 1, false, UNKNOWN, 3",
    "2, 1, 0, true, UNKNOWN, 3",
    "0, 0, 0, true, UNKNOWN, 1"
  })
  void the_bill_is_unknown_if_that_is_so_of_any_call(
      int calls, int billed, int unknown, boolean running, BillingState word, int all) {
    archive.write(
        new ArchivedJob(
            TestingArchive.anIdAt(NOON),
            "ada",
            "sdxl",
            running ? ArchivedState.CLAIMED : ArchivedState.WAITING,
            calls,
            billed,
            unknown,
            null));

    assertThat(walk(ALL, 9)).extracting(ListedJob::billing).containsExactly(new Billing(word, all));
  }

  @Test
  void a_range_begins_with_its_first_millisecond_and_ends_before_its_last() {
    var at = NOON.plusMillis(7);
    var job = write(at, "ada", ArchivedState.FAILED);

    assertThat(between(at, at.plusNanos(1))).containsExactly(job.requestId());
    assertThat(between(at.minusNanos(1), at.plusMillis(1))).containsExactly(job.requestId());
    assertThat(between(at.plusNanos(1), at.plusMillis(1))).isEmpty();
    assertThat(between(at.minusMillis(1), at)).isEmpty();
  }

  @Test
  void pages_neither_skip_nor_repeat_a_job_while_jobs_are_accepted_and_end() {
    var jobs = twoHundredJobsManyAtTheSameMoment();
    var seen = new ArrayList<RequestId>();
    RequestId after = null;
    do {
      var slice = ledger.jobListQueries.page(after, ALL, Visibility.ALL, 23);
      slice.jobs().forEach(job -> seen.add(job.requestId()));
      after = slice.next();
      write(NOON.plusSeconds(9), "late", ArchivedState.IN_LINE);
      ledger
          .asOwner
          .sql("delete from public.generation_queue where user_id <> 'late' and attempt = 0")
          .update();
    } while (after != null);

    assertThat(seen).containsExactlyElementsOf(jobs.stream().map(ArchivedJob::requestId).toList());
  }

  @Test
  void a_rare_job_is_found_by_scans_of_a_bounded_number_of_jobs() {
    var rare = write(NOON.minusSeconds(9), "many", ArchivedState.FAILED);
    var waiting = write(NOON.minusSeconds(9), "other", ArchivedState.WAITING);
    manyJobs(9_000);

    for (var filter :
        List.of(
            new JobListFilter(null, rare.errorCode(), null, null, null),
            new JobListFilter(null, rare.errorCode(), "many", null, null))) {
      assertThat(scans(filter)).as("%s", filter).containsExactly(0, 0, 1);
    }
    assertThat(scans(new JobListFilter(JobStatus.COMPLETED, null, "many", null, null)))
        .containsExactly(0, 0, 0);
    assertThat(scans(new JobListFilter(JobStatus.PROCESSING, null, null, null, null)))
        .containsExactly(0, 0, 1);
    assertThat(walk(new JobListFilter(JobStatus.PROCESSING, null, "other", null, null), 9))
        .extracting(ListedJob::requestId)
        .containsExactly(waiting.requestId());
  }

  @Test
  void a_page_of_large_jobs_is_short_and_leads_on() {
    for (var i = 0; i < 200; i++) {
      write(NOON, "ada", ArchivedState.IN_LINE);
    }
    ledger
        .asOwner
        .sql(
            "update public.generation_jobs set request = jsonb_build_object('prompt', repeat('x',"
                + " 8000))")
        .update();

    var page = ledger.jobListQueries.page(null, ALL, Visibility.ALL, 200);

    assertThat(page.jobs()).hasSizeBetween(20, 100);
    assertThat(walk(ALL, 200)).hasSize(200);
  }

  @Test
  void an_error_code_of_a_job_that_has_not_failed_is_looked_for_nowhere() {
    manyJobs(9_000);
    var page =
        ledger.jobListQueries.page(
            null,
            new JobListFilter(JobStatus.COMPLETED, "rejected", null, null, null),
            Visibility.ALL,
            9);

    assertThat(page).isEqualTo(JobListSlice.EMPTY);
  }

  /** How many jobs each page of the walk has. */
  private List<Integer> scans(JobListFilter filter) {
    var sizes = new ArrayList<Integer>();
    RequestId after = null;
    do {
      var slice = ledger.jobListQueries.page(after, filter, Visibility.ALL, 50);
      sizes.add(slice.jobs().size());
      after = slice.next();
    } while (after != null);
    return sizes;
  }

  /** Of one user; failed, and in the queue as if they were open. */
  private void manyJobs(int number) {
    ledger
        .asOwner
        .sql(
            """
            with job as (
              insert into public.generation_jobs (request_id, user_id, request, call, status, deadline_at,
                error_code, error_message, finished_at)
              select overlay(gen_random_uuid()::text placing '01a20320-a200-7' from 1 for 15)::uuid, 'many',
                '{"prompt": "x"}', '{}', 'failed', now(), 'outage', 'It was down.', now()
              from generate_series(1, :number)
              returning request_id, user_id, deadline_at)
            insert into public.generation_queue (request_id, user_id, state, deadline_at)
            select request_id, user_id, 'dispatched', deadline_at from job
            """)
        .param("number", number)
        .update();
  }

  private List<RequestId> between(Instant since, Instant until) {
    return walk(new JobListFilter(null, null, null, since, until), 9).stream()
        .map(ListedJob::requestId)
        .toList();
  }

  private List<ListedJob> walk(JobListFilter filter, int limit) {
    var jobs = new ArrayList<ListedJob>();
    RequestId after = null;
    do {
      var slice = ledger.jobListQueries.page(after, filter, Visibility.ALL, limit);
      assertThat(slice.jobs()).hasSizeLessThanOrEqualTo(limit);
      jobs.addAll(slice.jobs());
      after = slice.next();
    } while (after != null);
    return jobs;
  }

  /** Newest first. */
  private List<ArchivedJob> twoHundredJobsManyAtTheSameMoment() {
    var jobs = new ArrayList<ArchivedJob>();
    for (var i = 0; i < 200; i++) {
      jobs.add(
          write(
              NOON.plusMillis(random.nextInt(20)),
              "user-" + random.nextInt(4),
              STATES.get(random.nextInt(STATES.size()))));
    }
    jobs.sort(Comparator.comparing((ArchivedJob job) -> job.requestId().toString()).reversed());
    return jobs;
  }

  private ArchivedJob write(Instant at, String user, ArchivedState state) {
    var billed = random.nextInt(2);
    var unknown = random.nextInt(2);
    return archive.write(
        new ArchivedJob(
            TestingArchive.anIdAt(at),
            user,
            "model-" + random.nextInt(3),
            state,
            billed + unknown + random.nextInt(2),
            billed,
            unknown,
            state == ArchivedState.FAILED ? CODES.get(random.nextInt(CODES.size())) : null));
  }

  private static boolean matches(ArchivedJob job, JobListFilter filter) {
    var at = job.acceptedAt();
    return (filter.status() == null || job.status() == filter.status())
        && (filter.errorCode() == null || Objects.equals(job.errorCode(), filter.errorCode()))
        && (filter.userId() == null || job.userId().equals(filter.userId()))
        && (filter.since() == null || !at.isBefore(filter.since()))
        && (filter.until() == null || at.isBefore(filter.until()));
  }

  private JobListFilter aFilter() {
    return new JobListFilter(
        maybe(STATUSES.get(random.nextInt(STATUSES.size()))),
        random.nextInt(4) == 0 ? CODES.get(random.nextInt(CODES.size())) : null,
        maybe("user-" + random.nextInt(5)),
        maybe(NOON.plusNanos(random.nextInt(20_000_000))),
        maybe(NOON.plusNanos(random.nextInt(20_000_000))));
  }

  private <T> @Nullable T maybe(T value) {
    return random.nextBoolean() ? value : null;
  }
}
