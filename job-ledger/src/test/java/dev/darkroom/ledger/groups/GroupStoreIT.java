package dev.darkroom.ledger.groups;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.JobTerms.DayLimit;
import dev.darkroom.ledger.jobs.JobTerms.JobLimits;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.FullQueue;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.KeyReused;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Refused;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Replayed;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.GroupEvent.GroupedJob;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 60, unit = SECONDS)
class GroupStoreIT {
  private final TestingLedger ledger = TestingLedger.empty();
  private final GroupStore groups = ledger.groupStore;

  @Test
  void the_jobs_of_a_group_are_accepted_together() {
    var jobs = aGroup(3);

    assertThat(groups.accept(jobs, 1))
        .hasSize(3)
        .allSatisfy(acceptance -> assertThat(acceptance).isInstanceOf(Accepted.class))
        .map(acceptance -> ((Accepted) acceptance).dispatched())
        .containsExactly(true, false, false);

    assertThat(ledger.jobQueries.findGroup(jobs.getFirst().id(), Visibility.ALL))
        .hasSize(3)
        .allMatch(job -> jobs.getFirst().id().equals(job.groupId()))
        .map(job -> job.request().seed())
        .containsExactly(42L, 43L, 44L);
    assertThat(ledger.jobQueries.findGroup(jobs.getFirst().id(), Visibility.of("another")))
        .isEmpty();
    assertThat(groups.endFinished(10)).as("all are open").isZero();
  }

  @Test
  void a_group_that_does_not_fit_as_a_whole_leaves_nothing() {
    var open = limited(new JobLimits(3, null, null, false));
    var all = limited(new JobLimits(null, 3, null, false));
    var day = limited(new JobLimits(null, null, new DayLimit("key:a", 3), false));

    assertThat(groups.accept(aGroup(4, "k", open), 4)).containsExactly(new Refused(FullQueue.LINE));
    assertThat(groups.accept(aGroup(4, "k", all), 4)).containsExactly(new Refused(FullQueue.ALL));
    assertThat(groups.accept(aGroup(4, "k", day), 4)).containsExactly(new Refused(FullQueue.DAY));
    assertThat(groups.accept(aGroup(2, "k", JobTerms.DEFAULT.closed()), 2))
        .containsExactly(new Refused(FullQueue.CLOSED));
    assertThat(rows()).isZero();

    assertThat(groups.accept(aGroup(3, "k", day), 3)).as("nothing counted for it").hasSize(3);
    assertThat(rows()).isEqualTo(3 + 3 + 3 + 1 + 1);
  }

  @Test
  void a_key_stands_for_the_whole_group() {
    var first = aGroup(2, "k", JobTerms.DEFAULT);
    assertThat(groups.accept(first, 2)).hasSize(2);

    assertThat(groups.accept(aGroup(2, "k", JobTerms.DEFAULT.closed()), 2))
        .containsExactly(new Replayed(first.getFirst().id()));
    var other = new IdempotencyKey("k", "of another request");
    assertThat(groups.accept(aGroup(2, other, JobTerms.DEFAULT, null), 2))
        .containsExactly(new KeyReused(first.getFirst().id()));
    assertThat(rows()).isEqualTo(2 + 2 + 2 + 1 + 1);
  }

  @Test
  void its_end_is_that_of_its_last_job_and_says_how_each_ended() {
    var webhook = new JobWebhook("https://example.com/h", List.of(JobStatus.FAILED));
    var group = accepted(aGroup(3, null, JobTerms.DEFAULT, webhook));
    complete(group.get(1));
    fail(group.get(2));
    assertThat(groups.endFinished(10)).isZero();
    complete(group.get(0));

    assertThat(groups.endFinished(10)).isOne();
    assertThat(groups.endFinished(10)).isZero();

    var ended = groups.reserveUnpublished(10);
    assertThat(ended).hasSize(1);
    var event = ended.getFirst().event();
    assertThat(event.groupId()).isEqualTo(group.getFirst().requestId());
    assertThat(event.status()).isEqualTo(JobStatus.FAILED);
    assertThat(event.completed()).isEqualTo(2);
    assertThat(event.jobs())
        .containsExactly(
            new GroupedJob(id(group, 0), JobStatus.COMPLETED, "/generated/picture.webp", null),
            new GroupedJob(id(group, 1), JobStatus.COMPLETED, "/generated/picture.webp", null),
            new GroupedJob(id(group, 2), JobStatus.FAILED, null, "rejected"));
    assertThat(ledger.jobQueries.findGroup(event.groupId(), Visibility.ALL).getFirst().finishedAt())
        .as("the end of the one that ended last")
        .isEqualTo(event.endedAt());
    assertThat(ended.getFirst().webhook()).isEqualTo(webhook);
    assertThat(ended.getFirst().trace()).isEqualTo(JobFixture.TRACE);
  }

  /** Two jobs of each group end in two transactions at a time, while four gateways look. */
  @Test
  void last_jobs_that_end_at_the_same_time_end_their_group_once() throws Exception {
    for (var round = 0; round < 20; round++) {
      var group = accepted(aGroup(2));

      var looks =
          new Race<Integer>()
              .add(4, this::lookUntilNothingIsOpen)
              .against(1, () -> complete(group.get(0)))
              .against(1, () -> complete(group.get(1)))
              .run();

      assertThat(looks.stream().mapToInt(Integer::intValue).sum()).isOne();
      var told = new Race<List<FinishedGroup>>().add(4, () -> groups.reserveUnpublished(10)).run();
      assertThat(told.stream().flatMap(List::stream)).hasSize(1);
      assertThat(groups.markPublished(List.of(group.getFirst().requestId()))).isOne();
    }
  }

  private int lookUntilNothingIsOpen() {
    var ended = 0;
    do {
      ended += groups.endFinished(10);
    } while (count("select count(*) from public.generation_groups where ended_at is null") > 0);
    return ended;
  }

  @Test
  void whoever_died_between_the_end_and_the_event_is_followed_by_another() {
    var group = accepted(aGroup(2));
    group.forEach(this::complete);
    assertThat(groups.endFinished(10)).isOne();
    var first = groups.reserveUnpublished(10);
    assertThat(groups.reserveUnpublished(10)).as("it is somebody's").isEmpty();

    lapse();
    assertThat(groups.reserveUnpublished(10)).isEqualTo(first).hasSize(1);

    assertThat(groups.markPublished(List.of(group.getFirst().requestId()))).isOne();
    lapse();
    assertThat(groups.reserveUnpublished(10)).isEmpty();
  }

  @Test
  void an_event_that_was_on_a_lost_topic_is_due_again() {
    ledger.eventOutbox.remember("generation.events", "first");
    var group = accepted(aGroup(2));
    group.forEach(this::complete);
    assertThat(groups.endFinished(10)).isOne();
    groups.markPublished(List.of(group.getFirst().requestId()));
    ledger.eventOutbox.remember("generation.events", "second");

    while (ledger.eventOutbox.replay("generation.events", Duration.ofDays(1), 10).isPresent()) {
      assertThat(groups.reserveUnpublished(10).size()).isLessThanOrEqualTo(1);
      lapse();
    }

    assertThat(groups.reserveUnpublished(10)).hasSize(1);
  }

  @Test
  void a_group_goes_after_its_jobs_and_nobody_is_told_of_one_without_jobs() {
    var group = accepted(aGroup(2));
    group.forEach(this::complete);
    assertThat(groups.endFinished(10)).isOne();
    groups.markPublished(List.of(group.getFirst().requestId()));
    assertThat(groups.deleteWithoutJobs(Duration.ZERO, 10)).as("it has jobs").isZero();

    ledger.asOwner.sql("delete from public.generation_jobs").update();
    assertThat(groups.deleteWithoutJobs(Duration.ofDays(1), 10)).as("it is young").isZero();
    assertThat(groups.deleteWithoutJobs(Duration.ZERO, 10)).isOne();

    accepted(aGroup(2));
    ledger.asOwner.sql("delete from public.generation_jobs").update();
    assertThat(groups.endFinished(10)).isOne();
    assertThat(groups.reserveUnpublished(10)).isEmpty();
    assertThat(count("select count(*) from public.generation_groups")).isZero();
  }

  private static List<NewJob> aGroup(int size) {
    return aGroup(size, null, JobTerms.DEFAULT, null);
  }

  private static List<NewJob> aGroup(int size, String key, JobTerms terms) {
    return aGroup(size, new IdempotencyKey(key, "the same"), terms, null);
  }

  private static List<NewJob> aGroup(
      int size, @Nullable IdempotencyKey key, JobTerms terms, @Nullable JobWebhook webhook) {
    var first = new RequestId(UUID.randomUUID());
    return IntStream.range(0, size)
        .mapToObj(place ->
            new NewJob(
                place == 0 ? first : new RequestId(UUID.randomUUID()),
                "",
                "ada",
                JobFixture.REQUEST.withSeed(JobFixture.REQUEST.seed() + place),
                JobFixture.CALL,
                Duration.ofMinutes(10),
                JobFixture.TRACE,
                place == 0 ? key : null,
                null,
                webhook,
                terms,
                first))
        .toList();
  }

  private List<Attempt> accepted(List<NewJob> jobs) {
    assertThat(groups.accept(jobs, jobs.size())).hasSize(jobs.size());
    var ids = jobs.stream().map(NewJob::id).toList();
    var claimed = ledger.claim(JobFixture.WORKER, Duration.ofMinutes(1), ids);
    return ids.stream()
        .map(id ->
            claimed.stream()
                .map(ClaimedJob::attempt)
                .filter(attempt -> attempt.requestId().equals(id))
                .findFirst()
                .orElseThrow())
        .toList();
  }

  private boolean complete(Attempt attempt) {
    return ledger.outcomeStore.completeIfCurrent(attempt, JobFixture.PICTURE, Map.of()).isPresent();
  }

  private void fail(Attempt attempt) {
    assertThat(
            ledger.outcomeStore.failIfCurrent(
                attempt, Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of()))
        .isPresent();
  }

  private static RequestId id(List<Attempt> group, int place) {
    return group.get(place).requestId();
  }

  private void lapse() {
    ledger
        .asOwner
        .sql(
            """
            update public.generation_groups set publish_after = now() - interval '1 second'
            where publish_after is not null
            """)
        .update();
  }

  private static JobTerms limited(JobLimits limits) {
    return new JobTerms(JobTerms.USUAL, 1, limits);
  }

  private long rows() {
    return count(
        """
        select (select count(*) from public.generation_jobs) + (select count(*) from public.generation_queue)
          + (select count(*) from public.generation_logs) + (select count(*) from public.generation_idempotency_keys)
          + (select count(*) from public.generation_groups)
        """);
  }

  private long count(String statement) {
    return ledger.asOwner.sql(statement).query(Long.class).single();
  }
}
