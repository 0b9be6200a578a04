package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.JobTerms.DayLimit;
import dev.darkroom.ledger.jobs.JobTerms.JobLimits;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.FullQueue;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Refused;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Replayed;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 60, unit = SECONDS)
class JobLimitsIT {
  private static final JobTerms TWO_OPEN = limited(new JobLimits(2, null, null, false));
  private static final JobTerms TWO_OF_ALL = limited(new JobLimits(null, 2, null, false));

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_line_may_have_as_many_open_jobs_as_its_limit_and_another_line_as_many_again() {
    assertThat(accept(TWO_OPEN, "ada", "ada", "ada", "bob"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "accepted", "LINE", "accepted");

    assertThat(shown(accept(TWO_OPEN, "ada").getFirst())).isEqualTo("LINE");
    assertThat(shown(accept(TWO_OPEN, "bob").getFirst())).isEqualTo("accepted");
    assertThat(rows("generation_jobs")).isEqualTo(4);
    assertThat(rows("generation_queue")).isEqualTo(4);
    assertThat(rows("generation_logs")).isEqualTo(4);
  }

  @Test
  void an_owner_has_one_limit_whatever_the_labels_of_the_jobs() {
    assertThat(
            ledger.jobStore.accept(
                List.of(owned("o", "ada"), owned("o", "bob"), owned("o", "cyd"))))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "accepted", "LINE");
  }

  @Test
  void a_job_that_ends_makes_room_for_another() {
    var open = ((Accepted) accept(TWO_OPEN, "ada", "ada").getFirst()).job().message().requestId();
    assertThat(ledger.claim(WORKER, Duration.ofMinutes(1), List.of(open))).hasSize(1);
    assertThat(shown(accept(TWO_OPEN, "ada").getFirst())).as("while it runs").isEqualTo("LINE");

    ledger
        .asOwner
        .sql("update public.generation_queue set state = 'ended' where request_id = :id")
        .param("id", open.value())
        .update();

    assertThat(accept(TWO_OPEN, "ada", "ada"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "LINE");
  }

  @Test
  void all_lines_together_may_have_as_many_open_jobs_as_their_limit() {
    assertThat(accept(TWO_OF_ALL, "ada", "bob", "cyd"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "accepted", "ALL");
    assertThat(shown(accept(JobTerms.DEFAULT, "dan").getFirst())).isEqualTo("accepted");
    assertThat(shown(accept(TWO_OF_ALL, "eve").getFirst())).isEqualTo("ALL");
  }

  @Test
  void a_key_that_stands_for_a_job_gets_it_where_a_new_job_is_refused() {
    var first = job("ada", "same", TWO_OPEN);
    assertThat(ledger.jobStore.accept(List.of(first, job("ada", null, TWO_OPEN)))).hasSize(2);

    var again =
        ledger.jobStore.accept(
            List.of(
                job("ada", "same", TWO_OPEN),
                job("ada", "other", TWO_OPEN),
                job("ada", "same", TWO_OPEN.closed()),
                job("ada", "third", TWO_OPEN.closed())));

    assertThat(again)
        .containsExactly(
            new Replayed(first.id()),
            new Refused(FullQueue.LINE),
            new Replayed(first.id()),
            new Refused(FullQueue.CLOSED));
    assertThat(rows("generation_idempotency_keys"))
        .as("keys of refused jobs are free")
        .isEqualTo(1);
  }

  @Test
  void a_key_that_is_sent_twice_at_once_takes_one_place() {
    assertThat(
            ledger.jobStore.accept(
                List.of(
                    job("ada", "same", TWO_OPEN),
                    job("ada", "same", TWO_OPEN),
                    job("ada", "other", TWO_OPEN),
                    job("ada", "third", TWO_OPEN),
                    job("ada", "third", TWO_OPEN))))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "replayed", "accepted", "LINE", "LINE");
  }

  @Test
  void a_key_may_submit_so_many_jobs_a_day_and_repetitions_are_none() {
    var daily = daily("key:a", 3);
    var first = job("ada", "same", daily);

    assertThat(ledger.jobStore.accept(List.of(first, job("ada", null, daily))))
        .hasOnlyElementsOfType(Accepted.class);
    assertThat(ledger.jobStore.accept(List.of(job("ada", "same", daily))))
        .containsExactly(new Replayed(first.id()));
    assertThat(accept(daily, "ada", "ada", "ada"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "DAY", "DAY");
    assertThat(shown(accept(daily("key:b", 3), "ada").getFirst())).isEqualTo("accepted");

    ledger.asOwner.sql("update public.generation_daily_jobs set day = day - 1").update();
    assertThat(shown(accept(daily, "ada").getFirst())).as("the next day").isEqualTo("accepted");
    ledger.asOwner.sql("update public.generation_daily_jobs set day = day - 8").update();
    assertThat(ledger.retentionStore.forgetDays()).isEqualTo(3);
  }

  @Test
  void a_job_that_finds_no_room_is_none_of_the_day() {
    var both = limited(new JobLimits(1, null, new DayLimit("key:a", 2), false));

    assertThat(accept(both, "ada", "ada"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "LINE");
    assertThat(accept(both, "bob", "cyd"))
        .map(JobLimitsIT::shown)
        .containsExactly("accepted", "DAY");
  }

  @Test
  void the_jobs_of_a_day_are_counted_exactly_where_many_submit_at_once() throws Exception {
    var daily = daily("key:a", 50);

    var acceptances = new Race<List<Acceptance>>().add(40, () -> accept(daily, "ada", "bob")).run();

    assertThat(acceptances.stream().flatMap(List::stream).filter(Accepted.class::isInstance))
        .hasSize(50);
    assertThat(rows("generation_jobs")).isEqualTo(50);
  }

  private static JobTerms limited(JobLimits limits) {
    return new JobTerms(JobTerms.USUAL, 1, limits);
  }

  private static JobTerms daily(String name, int jobs) {
    return limited(new JobLimits(null, null, new DayLimit(name, jobs), false));
  }

  private List<Acceptance> accept(JobTerms terms, String... users) {
    return ledger.jobStore.accept(
        IntStream.range(0, users.length).mapToObj(n -> job(users[n], null, terms)).toList());
  }

  private static NewJob owned(String owner, String user) {
    return new NewJob(
            new RequestId(UUID.randomUUID()),
            owner,
            user,
            JobFixture.REQUEST,
            JobFixture.CALL,
            Duration.ofMinutes(10),
            JobFixture.TRACE,
            null,
            null,
            null)
        .on(TWO_OPEN);
  }

  private static NewJob job(String user, @Nullable String key, JobTerms terms) {
    return new NewJob(
            new RequestId(UUID.randomUUID()),
            user,
            JobFixture.REQUEST,
            JobFixture.CALL,
            Duration.ofMinutes(10),
            JobFixture.TRACE,
            key == null ? null : new IdempotencyKey(key, "the same"))
        .on(terms);
  }

  private static String shown(Acceptance acceptance) {
    return switch (acceptance) {
      case Accepted _ -> "accepted";
      case Replayed _ -> "replayed";
      case Acceptance.KeyReused _ -> "reused";
      case Refused(var full) -> full.name();
    };
  }

  private long rows(String table) {
    return switch (table) {
      case "generation_jobs" -> count("select count(*) from public.generation_jobs");
      case "generation_queue" -> count("select count(*) from public.generation_queue");
      case "generation_logs" -> count("select count(*) from public.generation_logs");
      default -> count("select count(*) from public.generation_idempotency_keys");
    };
  }

  private long count(String statement) {
    return ledger.asOwner.sql(statement).query(Long.class).single();
  }
}
