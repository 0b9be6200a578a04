package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.queue.QueuePositions.QueuePace;
import dev.darkroom.ledger.queue.QueuePositions.QueuePosition;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueueEstimateTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @Test
  void nothing_is_expected_while_no_picture_came() {
    assertThat(QueueEstimate.expected(new QueuePosition(3, null, 16, NOW), new QueuePace(0, null)))
        .isNull();
  }

  @Test
  void jobs_ahead_go_first_at_the_pace_of_the_latest_pictures() {
    assertThat(
            QueueEstimate.expected(
                new QueuePosition(30, null, 0, NOW), new QueuePace(1.5, TEN_SECONDS)))
        .isEqualTo(NOW.plusSeconds(20 + 10));
  }

  @Test
  void busy_workers_are_believed_where_few_pictures_were_asked_for_of_late() {
    assertThat(
            QueueEstimate.expected(
                new QueuePosition(32, null, 16, NOW), new QueuePace(0.01, TEN_SECONDS)))
        .isEqualTo(NOW.plusSeconds(20 + 10));
  }

  @Test
  void a_retry_does_not_begin_before_it_is_due() {
    var due = NOW.plusSeconds(60);

    assertThat(
            QueueEstimate.expected(
                new QueuePosition(0, due, 1, NOW), new QueuePace(1, TEN_SECONDS)))
        .isEqualTo(due.plus(TEN_SECONDS));
    assertThat(
            QueueEstimate.expected(
                new QueuePosition(100, due, 1, NOW), new QueuePace(1, TEN_SECONDS)))
        .isEqualTo(NOW.plusSeconds(110));
  }
}
