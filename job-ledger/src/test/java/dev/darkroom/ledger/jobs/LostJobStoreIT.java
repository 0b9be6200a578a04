package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LostJobStoreIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final JobWebhook WEBHOOK =
      new JobWebhook("https://ada.example.com/hooks", List.of(JobStatus.COMPLETED));

  private final TestingLedger ledger = TestingLedger.empty();
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  @Test
  void a_job_that_the_ledger_does_not_know_is_open_again_with_all_that_it_had() {
    var lost = message(now.minusSeconds(90));

    assertThat(ledger.lostJobStore.putBack(List.of(lost))).containsExactly(lost.requestId());

    assertThatJob(ledger, lost.requestId())
        .isFree()
        .hasSteps("request_received", "restored_from_kafka");
    var job = ledger.jobQueries.find(lost.requestId(), Visibility.ALL).orElseThrow();
    assertThat(job.webhook()).isEqualTo(WEBHOOK);
    assertThat(job.steps().getFirst().createdAt()).isEqualTo(now.minusSeconds(90));
    assertThat(ledger.claim("worker-1", LEASE, List.of(lost.requestId())))
        .singleElement()
        .satisfies(claimed -> {
          assertThat(claimed.userId()).isEqualTo("ada");
          assertThat(claimed.parameters()).isEqualTo(JobFixture.CALL.get("parameters"));
        });
  }

  @Test
  void of_two_workers_with_copies_of_its_record_one_puts_it_back() {
    var lost = message(now);

    assertThat(ledger.lostJobStore.putBack(List.of(lost))).hasSize(1);
    assertThat(ledger.lostJobStore.putBack(List.of(lost))).isEmpty();
    assertThatJob(ledger, lost.requestId()).hasSteps("request_received", "restored_from_kafka");
  }

  @Test
  void a_job_that_has_ended_stays_as_it_is() {
    var ended = JobFixture.aCompletedJob().in(ledger);

    assertThat(ledger.lostJobStore.putBack(List.of(withId(ended)))).isEmpty();
    assertThatJob(ledger, ended).hasNoSteps();
  }

  /** It may have been deleted on purpose, or was never a gateway's. */
  @ParameterizedTest
  @ValueSource(longs = {-24 * 60 - 1, 6})
  void an_id_from_before_the_longest_deadline_or_from_tomorrow_is_not_put_back(long minutes) {
    var old = message(now.plus(Duration.ofMinutes(minutes)));

    assertThat(ledger.lostJobStore.putBack(List.of(old))).isEmpty();
    assertThat(ledger.jobQueries.find(old.requestId(), Visibility.ALL)).isEmpty();
  }

  @Test
  void an_id_without_a_time_is_not_put_back() {
    assertThat(ledger.lostJobStore.putBack(List.of(withId(new RequestId(UUID.randomUUID())))))
        .isEmpty();
  }

  private JobMessage message(Instant acceptedAt) {
    return withId(
        new RequestId(
            new UUID(
                (acceptedAt.toEpochMilli() << 16) | 0x7000,
                UUID.randomUUID().getLeastSignificantBits())));
  }

  private JobMessage withId(RequestId id) {
    return new JobMessage(
        id, "ada", JobFixture.REQUEST, JobFixture.CALL, now.plusSeconds(600), "", WEBHOOK, null);
  }
}
