package dev.darkroom.ledger.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.NewJobFixture;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.statistics.JobStatistics.FailureCount;
import dev.darkroom.ledger.statistics.JobStatistics.JobCounts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobStatisticsIT {
  private final TestingLedger ledger = TestingLedger.empty();
  private final Instant now = ledger.jobStatistics.now().truncatedTo(ChronoUnit.MINUTES);
  private final Instant before = now.minus(Duration.ofMinutes(30));

  @Test
  void a_range_holds_its_own_minutes_and_no_others() {
    log(before.minusMillis(1), "started", "{}");
    log(before, "started", "{}");
    log(before.plusSeconds(59), "started", "{}");
    log(before.plusSeconds(120), "failed", "{\"code\": \"rejected\"}");
    log(now, "started", "{}");

    assertThat(ledger.jobStatistics.between(before, now, Visibility.ALL))
        .containsExactly(
            new JobCounts(null, 2, 0, 1, null, null),
            new JobCounts(before, 2, 0, 0, null, null),
            new JobCounts(before.plusSeconds(120), 0, 0, 1, null, null));
    assertThat(
            ledger.jobStatistics.between(now.plusSeconds(60), now.plusSeconds(120), Visibility.ALL))
        .containsExactly(new JobCounts(null, 0, 0, 0, null, null));
  }

  @Test
  void percentiles_are_times_that_pictures_took() {
    for (var seconds = 1; seconds <= 20; seconds++) {
      log(before, "completed", "{\"jobMillis\": %d}".formatted(1000 * seconds));
    }

    assertThat(ledger.jobStatistics.between(before, now, Visibility.ALL))
        .first()
        .isEqualTo(new JobCounts(null, 0, 20, 0, 10.0, 19.0));
  }

  @Test
  void failures_are_counted_by_code_most_frequent_first() {
    log(before, "failed", "{\"code\": \"rejected\"}");
    log(before, "failed", "{\"code\": \"deadline_exceeded\"}");
    log(before, "failed", "{\"code\": \"deadline_exceeded\"}");

    assertThat(ledger.jobStatistics.failures(before, now, Visibility.ALL))
        .containsExactly(new FailureCount("deadline_exceeded", 2), new FailureCount("rejected", 1));
  }

  @Test
  void the_ledgers_own_steps_are_counted_once_each() {
    var done = JobFixture.aHeldJob().heldIn(ledger);
    var lost = JobFixture.aHeldJob().heldIn(ledger);
    ledger.accept(List.of(NewJobFixture.aNewJob(), NewJobFixture.aNewJob()));
    ledger.outcomeStore.completeIfCurrent(done, JobFixture.PICTURE, Map.of());
    ledger.outcomeStore.failIfCurrent(
        lost, dev.darkroom.model.Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of());

    var until = now.plus(Duration.ofHours(1));
    var total = ledger.jobStatistics.between(now, until, Visibility.ALL).getFirst();

    assertThat(total.submitted()).isEqualTo(2);
    assertThat(total.completed()).isEqualTo(1);
    assertThat(total.failed()).isEqualTo(1);
    assertThat(total.medianSeconds()).isEqualTo(millisOfTheCompletedJob() / 1000.0);
    assertThat(ledger.jobStatistics.failures(now, until, Visibility.ALL))
        .containsExactly(new FailureCount("rejected", 1));
  }

  private long millisOfTheCompletedJob() {
    return ledger
        .asOwner
        .sql(
            """
            select (extract(epoch from finished_at - created_at) * 1000)::bigint
            from public.generation_jobs where status = 'completed'
            """)
        .query(Long.class)
        .single();
  }

  private void log(Instant at, String status, String details) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            values (:id, 'ada', 'a lighthouse', :status, 'a step', :details::jsonb, :at)
            """)
        .param("id", UUID.randomUUID())
        .param("status", status)
        .param("details", details)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }
}
