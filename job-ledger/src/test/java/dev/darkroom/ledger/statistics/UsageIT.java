package dev.darkroom.ledger.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.listing.JobListFilter;
import dev.darkroom.ledger.listing.TestingArchive;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedJob;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedState;
import dev.darkroom.ledger.statistics.UsageQueries.UsageCounts;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGroup;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Sums against sums in Java over the same jobs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UsageIT {
  private static final Instant MONDAY = Instant.parse("2026-11-23T00:00:00Z");
  private static final Instant FRIDAY = MONDAY.plus(Duration.ofDays(4));
  private static final List<ArchivedState> STATES = List.of(ArchivedState.values());

  private final Random random = new Random(11);
  private final TestingLedger ledger = TestingLedger.empty();
  private final TestingArchive archive = TestingArchive.in(ledger);

  @Test
  void every_day_of_the_range_is_summed_up_in_utc() {
    var jobs = aWeekOfJobs();
    var since = MONDAY.plus(Duration.ofHours(7));

    var sums = ledger.usageQueries.between(since, FRIDAY, Visibility.ALL, null, UsageGrouping.DAY);

    assertThat(sums.total()).isEqualTo(sum(jobs, job -> isBetween(job, since, FRIDAY)));
    assertThat(sums.groups())
        .extracting(UsageGroup::name)
        .containsExactly("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26");
    for (var group : sums.groups()) {
      assertThat(group.counts())
          .as(group.name())
          .isEqualTo(
              sum(jobs, job -> isBetween(job, since, FRIDAY) && day(job).equals(group.name())));
    }
    assertThat(sums.others()).isNull();
  }

  @Test
  void days_without_jobs_are_there_and_the_first_and_last_may_be_parts() {
    var at = MONDAY.plus(Duration.ofHours(30));
    archive.write(
        new ArchivedJob(
            TestingArchive.anIdAt(at), "ada", "sdxl", ArchivedState.COMPLETED, 1, 1, 0, null));

    var sums =
        ledger.usageQueries.between(
            MONDAY.plusMillis(1), FRIDAY.plusMillis(1), Visibility.ALL, null, UsageGrouping.DAY);

    assertThat(sums.groups())
        .extracting(UsageGroup::name, group -> group.counts().jobs())
        .containsExactly(
            tuple("2026-11-23", 0L),
            tuple("2026-11-24", 1L),
            tuple("2026-11-25", 0L),
            tuple("2026-11-26", 0L),
            tuple("2026-11-27", 0L));
    assertThat(sums.total()).isEqualTo(new UsageCounts(1, 1, 1, 0, 1, TestingArchive.BYTES));
  }

  @Test
  void users_and_models_with_the_most_jobs_come_first() {
    var jobs = aWeekOfJobs();

    for (var grouping : List.of(UsageGrouping.USER, UsageGrouping.MODEL)) {
      Function<ArchivedJob, String> name =
          grouping == UsageGrouping.USER ? ArchivedJob::userId : ArchivedJob::model;
      var sums = ledger.usageQueries.between(MONDAY, FRIDAY, Visibility.ALL, null, grouping);
      assertThat(sums.total()).isEqualTo(sum(jobs, job -> isBetween(job, MONDAY, FRIDAY)));
      assertThat(sums.groups())
          .extracting(group -> group.counts().jobs())
          .isSortedAccordingTo((one, other) -> Long.compare(other, one));
      assertThat(sums.groups())
          .extracting(UsageGroup::name)
          .containsExactlyInAnyOrderElementsOf(
              jobs.stream()
                  .filter(job -> isBetween(job, MONDAY, FRIDAY))
                  .map(name)
                  .collect(Collectors.toSet()));
      for (var group : sums.groups()) {
        assertThat(group.counts())
            .as(group.name())
            .isEqualTo(
                sum(
                    jobs,
                    job -> isBetween(job, MONDAY, FRIDAY) && name.apply(job).equals(group.name())));
      }
    }
  }

  @Test
  void calls_are_summed_up_by_the_provider_to_which_they_went() {
    var at = MONDAY.plus(Duration.ofHours(5));
    var moved = aJobAt(at, ArchivedState.COMPLETED, 2, 1, 0);
    endAttempt(moved, "processing", "attempt_failed", "'provider', 'nebius', 'billed', 'no'");
    endAttempt(
        moved, "completed", "image_generated", "'provider', 'spare', 'billed', 'yes', 'bytes', 9");
    var found = aJobAt(at, ArchivedState.COMPLETED, 1, 1, 0);
    endAttempt(
        found, "processing", "attempt_outcome_unknown", "'provider', 'spare', 'billed', 'unknown'");
    endAttempt(found, "completed", "image_generated", "'provider', 'spare', 'bytes', 9");
    aJobAt(at, ArchivedState.CLAIMED, 0, 0, 0);
    var later = aJobAt(FRIDAY, ArchivedState.COMPLETED, 1, 1, 0);
    endAttempt(later, "completed", "image_generated", "'provider', 'spare', 'billed', 'yes'");

    var sums =
        ledger.usageQueries.between(MONDAY, FRIDAY, Visibility.ALL, null, UsageGrouping.PROVIDER);

    assertThat(sums.groups())
        .containsExactly(
            new UsageGroup("nebius", new UsageCounts(2, 2, 0, 1, 0, 0)),
            new UsageGroup("spare", new UsageCounts(2, 2, 2, 0, 2, 18)));
    assertThat(sums.total()).isEqualTo(new UsageCounts(3, 4, 2, 1, 2, 2 * TestingArchive.BYTES));
    assertThat(sums.others()).isNull();
    assertThat(
            ledger
                .usageQueries
                .between(MONDAY, FRIDAY, Visibility.of("ada"), null, UsageGrouping.PROVIDER)
                .groups())
        .isEmpty();
  }

  private ArchivedJob aJobAt(Instant at, ArchivedState state, int calls, int billed, int unknown) {
    return archive.write(
        new ArchivedJob(
            TestingArchive.anIdAt(at), "ada", "sdxl", state, calls, billed, unknown, null));
  }

  private void endAttempt(ArchivedJob job, String status, String step, String details) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details)
            values (:id, :user, 'a lighthouse', :status, :step, jsonb_build_object(%s))
            """
                .formatted(details))
        .param("id", job.requestId().value())
        .param("user", job.userId())
        .param("status", status)
        .param("step", step)
        .update();
  }

  @Test
  void one_user_alone_is_summed_up() {
    var jobs = aWeekOfJobs();

    var sums =
        ledger.usageQueries.between(MONDAY, FRIDAY, Visibility.ALL, "user-1", UsageGrouping.USER);

    assertThat(sums.groups())
        .containsExactly(
            new UsageGroup(
                "user-1",
                sum(jobs, job -> isBetween(job, MONDAY, FRIDAY) && job.userId().equals("user-1"))));
    assertThat(
            ledger.usageQueries.between(
                MONDAY, FRIDAY, Visibility.ALL, "nobody", UsageGrouping.MODEL))
        .isEqualTo(new UsageQueries.UsageSums(new UsageCounts(0, 0, 0, 0, 0, 0), List.of(), null));
  }

  @Test
  void the_sums_are_those_of_the_list_of_jobs() {
    aWeekOfJobs();
    var listed =
        ledger
            .jobListQueries
            .page(null, new JobListFilter(null, null, null, MONDAY, FRIDAY), Visibility.ALL, 500)
            .jobs();

    var total =
        ledger
            .usageQueries
            .between(MONDAY, FRIDAY, Visibility.ALL, null, UsageGrouping.DAY)
            .total();

    assertThat(total.jobs()).isEqualTo(listed.size());
    assertThat(total.calls())
        .isEqualTo(listed.stream().mapToLong(job -> job.billing().calls()).sum());
    assertThat(total.notBilled()).isBetween(0L, total.calls());
    assertThat(total.pictures())
        .isEqualTo(listed.stream().filter(job -> job.imageUrl() != null).count());
  }

  @Test
  void beyond_a_thousand_users_the_others_are_one_sum() {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
              error_code, error_message, finished_at, calls, calls_unknown)
            select overlay(gen_random_uuid()::text placing '01a20320-a200-7' from 1 for 15)::uuid,
              'user-' || n % 1200, '{}', '{}', 'failed', 1, now(), 'outage', 'It was down.', now(), 2, 1
            from generate_series(1, 3000) as n
            """)
        .update();
    var since = Instant.parse("2026-11-01T00:00:00Z");

    var sums =
        ledger.usageQueries.between(
            since, since.plus(Duration.ofDays(400)), Visibility.ALL, null, UsageGrouping.USER);

    assertThat(sums.groups()).hasSize(UsageQueries.MOST_GROUPS);
    assertThat(sums.total()).isEqualTo(new UsageCounts(3_000, 6_000, 0, 3_000, 0, 0));
    assertThat(sums.others()).isEqualTo(new UsageCounts(400, 800, 0, 400, 0, 0));
  }

  private List<ArchivedJob> aWeekOfJobs() {
    var jobs = new ArrayList<ArchivedJob>();
    for (var i = 0; i < 250; i++) {
      var billed = random.nextInt(3);
      var unknown = random.nextInt(2);
      var state = STATES.get(random.nextInt(STATES.size()));
      var at = MONDAY.plusSeconds(random.nextInt(-86_400, 6 * 86_400));
      jobs.add(
          archive.write(
              new ArchivedJob(
                  TestingArchive.anIdAt(at),
                  "user-" + random.nextInt(5),
                  "model-" + random.nextInt(3),
                  state,
                  billed + unknown + random.nextInt(3),
                  billed,
                  unknown,
                  state == ArchivedState.FAILED ? "rejected" : null)));
    }
    return jobs;
  }

  private static boolean isBetween(ArchivedJob job, Instant since, Instant until) {
    return !job.acceptedAt().isBefore(since) && job.acceptedAt().isBefore(until);
  }

  private static String day(ArchivedJob job) {
    return LocalDate.ofInstant(job.acceptedAt(), ZoneOffset.UTC).toString();
  }

  private static UsageCounts sum(List<ArchivedJob> jobs, Predicate<ArchivedJob> which) {
    var chosen = jobs.stream().filter(which).toList();
    var running = chosen.stream().filter(ArchivedJob::isRunning).count();
    var pictures = chosen.stream().filter(ArchivedJob::hasPicture).count();
    return new UsageCounts(
        chosen.size(),
        chosen.stream().mapToLong(ArchivedJob::calls).sum() + running,
        chosen.stream().mapToLong(ArchivedJob::billed).sum(),
        chosen.stream().mapToLong(ArchivedJob::unknown).sum() + running,
        pictures,
        pictures * TestingArchive.BYTES);
  }
}
