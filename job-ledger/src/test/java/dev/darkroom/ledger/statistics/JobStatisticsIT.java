package dev.darkroom.ledger.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.horizon.SettledHorizon;
import dev.darkroom.ledger.jobs.Completion;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.NewJobFixture;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobStatisticsIT {
  private static final Duration KEEP = Duration.ofDays(30);
  private static final List<String> CODES =
      List.of("rejected", "deadline_exceeded", "provider_unavailable");

  private final TestingLedger ledger = TestingLedger.empty();
  private final Instant now = ledger.jobStatistics.now();
  private final Random random = new Random(7);

  /** What should be found, by minute. */
  private final Map<Instant, Expected> expected = new TreeMap<>();

  private static final class Expected {
    int submitted;
    int completed;
    int failed;
    final Map<Integer, Integer> took = new HashMap<>();
    final Map<String, Integer> failures = new HashMap<>();
  }

  @Test
  void minutes_hold_exactly_what_the_log_does_before_and_after_they_are_kept() {
    randomJobs(600, Duration.ofHours(3));

    assertAllIsFound();
    var rounds = keepAll(sliced(100));

    assertThat(rounds).isGreaterThan(3);
    assertThat(minutesKept()).isBetween(100, expected.size());
    assertAllIsFound();
    randomJobs(20, Duration.ofSeconds(30));
    assertAllIsFound();
  }

  @Test
  void a_range_holds_its_own_minutes_and_no_others() {
    randomJobs(300, Duration.ofHours(2));
    keepAll(sliced(1_000));

    var since = minuteOf(now.minus(Duration.ofMinutes(80)));
    var until = since.plus(Duration.ofMinutes(30));
    var found = ledger.jobStatistics.between(since, until);

    assertThat(found).extracting(Minute::at).allMatch(at -> !at.isBefore(since)).isSorted();
    assertThat(found)
        .extracting(Minute::at)
        .containsExactlyElementsOf(
            expected.keySet().stream()
                .filter(at -> !at.isBefore(since) && at.isBefore(until))
                .toList());
  }

  @Test
  void several_gateways_that_count_at_once_find_the_same() throws Exception {
    randomJobs(600, Duration.ofHours(3));

    new Race<Integer>().add(4, () -> keepAll(sliced(50))).run();

    assertAllIsFound();
    assertThat(minutesKept()).isGreaterThan(100);
  }

  @Test
  void what_happened_while_no_gateway_ran_is_caught_up_in_bounded_rounds() {
    randomJobs(100, Duration.ofDays(5), Duration.ofDays(4));
    keepAll(sliced(1_000));
    var before = minutesKept();
    randomJobs(300, Duration.ofHours(20));

    assertThat(keepAll(sliced(60))).isGreaterThan(8);

    assertThat(minutesKept()).isGreaterThan(before + 100);
    assertAllIsFound();
  }

  @Test
  void a_minute_is_not_kept_while_somebody_may_still_write_to_it() throws SQLException {
    completed(now.minus(Duration.ofMinutes(10)), Duration.ofSeconds(3), true);
    var late = new SingleConnectionDataSource(ledger.database.asOwner().getConnection(), true);
    var connection = late.getConnection();
    try {
      connection.setAutoCommit(false);
      var writer = JdbcClient.create(late);
      log(writer, UUID.randomUUID(), now.minus(Duration.ofMinutes(9)), "started", "x", "{}");
      var statistics = sliced(100);

      statistics.keepSettled(KEEP);
      statistics.keepSettled(KEEP);
      assertThat(minutesKept()).isZero();
      assertAllIsFound();

      connection.commit();
      expect(now.minus(Duration.ofMinutes(9))).submitted++;
      assertAllIsFound();
      keepAll(statistics);
      assertThat(minutesKept()).isPositive();
      assertAllIsFound();
    } finally {
      connection.close();
      late.destroy();
    }
  }

  @Test
  void old_minutes_are_deleted_and_not_counted_again() {
    randomJobs(200, Duration.ofDays(9), Duration.ofDays(3));
    randomJobs(50, Duration.ofHours(1));
    keepAll(sliced(1_000));

    var deleted = ledger.jobStatistics.forgetOlderThan(Duration.ofDays(2));

    assertThat(deleted).isGreaterThan(100);
    var left = minutesKept();
    ledger.jobStatistics.keepSettled(Duration.ofDays(2));
    assertThat(minutesKept()).isEqualTo(left);
  }

  @Test
  void kept_minutes_are_read_once_and_new_ones_are_added_to_them() {
    randomJobs(300, Duration.ofHours(20), Duration.ofHours(2));
    keepAll(sliced(1_000));
    assertAllIsFoundSince(now.minus(Duration.ofHours(21)));

    deleteKept(
        now.minus(Duration.ofHours(12)), "(select max(minute) from public.generation_minutes)");
    randomJobs(100, Duration.ofHours(1));
    assertAllIsFoundSince(now.minus(Duration.ofHours(21)));
    keepAll(sliced(1_000));

    assertAllIsFoundSince(now.minus(Duration.ofHours(21)));
    assertAllIsFoundSince(now.minus(Duration.ofHours(3)));
  }

  @Test
  void minutes_that_were_deleted_to_be_counted_again_are_remembered_for_five_minutes_at_most() {
    randomJobs(300, Duration.ofHours(20));
    keepAll(sliced(1_000));
    var time = new AtomicLong();
    var remembered = new RememberedMinutes(new KeptMinutes(ledger.asApplication), time::get);
    var from = minuteOf(now.minus(Duration.ofHours(21))).atOffset(ZoneOffset.UTC);
    var until = minuteOf(now.minus(Duration.ofHours(1))).atOffset(ZoneOffset.UTC);
    var before = remembered.between(from, until);

    deleteKept(from.toInstant(), "'infinity'");
    time.addAndGet(Duration.ofMinutes(5).toNanos() - 1);
    assertThat(remembered.between(from, until)).isEqualTo(before).isNotEmpty();

    time.incrementAndGet();
    assertThat(remembered.between(from, until)).isEmpty();
  }

  @Test
  void the_ledgers_own_steps_are_counted_once_each() {
    var done = JobFixture.aHeldJob().heldIn(ledger);
    var lost = JobFixture.aHeldJob().heldIn(ledger);
    ledger.accept(List.of(NewJobFixture.aNewJob(), NewJobFixture.aNewJob()));
    ledger.outcomeStore.completeIfCurrent(new Completion(done, JobFixture.PICTURE, Map.of()));
    ledger.outcomeStore.failIfCurrent(
        lost, dev.darkroom.model.Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of());

    var found = ledger.jobStatistics.between(minuteOf(now), now.plus(Duration.ofHours(1)));

    assertThat(found.stream().mapToInt(Minute::submitted).sum()).isEqualTo(2);
    assertThat(found.stream().mapToInt(Minute::completed).sum()).isEqualTo(1);
    assertThat(found.stream().flatMap(minute -> minute.took().values().stream()))
        .containsExactly(1);
    assertThat(found.stream().flatMap(minute -> minute.failures().entrySet().stream()))
        .containsExactly(Map.entry("rejected", 1));
    assertThat(
            ledger
                .asOwner
                .sql(
                    """
                    select (log.details ->> 'jobMillis')::bigint
                      = (extract(epoch from job.finished_at - job.created_at) * 1000)::bigint
                    from public.generation_logs log join public.generation_jobs job using (request_id)
                    where step = 'image_generated'
                    """)
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  private JobStatistics sliced(int slice) {
    return new JobStatistics(
        ledger.asApplication, ledger.asApplication, SettledHorizon.MARGIN, slice);
  }

  private static int keepAll(JobStatistics statistics) {
    var rounds = 1;
    while (statistics.keepSettled(KEEP)) {
      rounds++;
    }
    return rounds;
  }

  private int minutesKept() {
    return ledger
        .asOwner
        .sql("select count(*) from public.generation_minutes")
        .query(Integer.class)
        .single();
  }

  private void deleteKept(Instant from, String until) {
    ledger
        .asOwner
        .sql("delete from public.generation_minutes where minute >= :from and minute < " + until)
        .param("from", minuteOf(from).atOffset(ZoneOffset.UTC))
        .update();
  }

  private void assertAllIsFound() {
    assertAllIsFoundSince(now.minus(Duration.ofDays(10)));
  }

  private void assertAllIsFoundSince(Instant since) {
    var found = ledger.jobStatistics.between(minuteOf(since), now.plus(Duration.ofMinutes(5)));
    assertThat(found)
        .containsExactlyElementsOf(
            expected.entrySet().stream()
                .filter(minute -> !minute.getKey().isBefore(minuteOf(since)))
                .map(minute -> {
                  var sum = minute.getValue();
                  return new Minute(
                      minute.getKey(),
                      sum.submitted,
                      sum.completed,
                      sum.failed,
                      sum.took,
                      sum.failures);
                })
                .toList());
  }

  private void randomJobs(int jobs, Duration back) {
    randomJobs(jobs, back, Duration.ZERO);
  }

  /** Submitted between these times before now; what would end later is open. */
  private void randomJobs(int jobs, Duration from, Duration to) {
    for (var i = 0; i < jobs; i++) {
      var submitted = now.minus(from).plusMillis(random.nextLong(from.minus(to).toMillis() + 1));
      var took = Duration.ofMillis(Math.round(Math.exp(random.nextDouble() * 11)) + 1);
      if (submitted.plus(took).isAfter(now)) {
        submitted(UUID.randomUUID(), submitted);
      } else if (random.nextInt(4) > 0) {
        completed(submitted, took, random.nextBoolean());
      } else {
        failed(submitted, submitted.plus(took), CODES.get(random.nextInt(CODES.size())));
      }
    }
  }

  private void submitted(UUID id, Instant at) {
    log(ledger.asOwner, id, at, "started", "request_received", "{}");
    expect(at).submitted++;
  }

  /** Steps of earlier versions did not say how long the job took. */
  private void completed(Instant submitted, Duration took, boolean says) {
    var id = UUID.randomUUID();
    submitted(id, submitted);
    var details = says ? "{\"jobMillis\": %d}".formatted(took.toMillis()) : "{}";
    log(ledger.asOwner, id, submitted.plus(took), "completed", "image_generated", details);
    var minute = expect(submitted.plus(took));
    minute.completed++;
    var tookClass = (int) Math.floor(Math.log((double) took.toMillis()) / Math.log(1.05));
    minute.took.merge(tookClass, 1, Integer::sum);
  }

  private void failed(Instant submitted, Instant ended, String code) {
    var id = UUID.randomUUID();
    submitted(id, submitted);
    log(
        ledger.asOwner,
        id,
        ended,
        "failed",
        "attempts_exhausted",
        "{\"code\": \"%s\"}".formatted(code));
    var minute = expect(ended);
    minute.failed++;
    minute.failures.merge(code, 1, Integer::sum);
  }

  private static void log(
      JdbcClient client, UUID id, Instant at, String status, String step, String details) {
    client
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            values (:id, 'ada', 'a lighthouse', :status, :step, :details::jsonb, :at)
            """)
        .param("id", id)
        .param("status", status)
        .param("step", step)
        .param("details", details)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }

  private Expected expect(Instant at) {
    return expected.computeIfAbsent(minuteOf(at), _ -> new Expected());
  }

  private static Instant minuteOf(Instant at) {
    return at.truncatedTo(ChronoUnit.MINUTES);
  }
}
