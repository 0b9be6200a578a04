package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.jobs.LifecyclePage.LifecycleState;
import dev.darkroom.model.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/** The database's CHECKs against the table of states in {@code docs/job-lifecycle.md}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LifecycleCheckIT {
  private static final List<Boolean> NO_AND_YES = List.of(false, true);

  private final TestingLedger ledger = TestingLedger.empty();

  /** A row of {@code generation_jobs}. */
  private record Combination(
      String status, int attempts, boolean finished, boolean image, boolean error) {

    static Stream<Combination> all() {
      return Stream.of(JobStatus.values())
          .map(JobStatus::word)
          .flatMap(status -> Stream.of(0, 1).flatMap(attempts -> of(status, attempts)));
    }

    private static Stream<Combination> of(String status, int attempts) {
      return NO_AND_YES.stream()
          .flatMap(finished ->
              NO_AND_YES.stream()
                  .flatMap(image ->
                      NO_AND_YES.stream()
                          .map(
                              error -> new Combination(status, attempts, finished, image, error))));
    }

    boolean isIn(LifecycleState state) {
      return status.equals(state.status())
          && List.of("any", attempts == 0 ? "0" : "> 0").contains(state.attempts())
          && holds(finished, state.finishedAt())
          && holds(image, state.image())
          && holds(error, state.error());
    }

    private static boolean holds(boolean isSet, String rule) {
      return rule.equals("any") || rule.equals(isSet ? "set" : "null");
    }

    JobFixture row() {
      return aQueuedJob()
          .with("status", status)
          .with("attempts", attempts)
          .with("finished_at", finished ? Instant.now() : null)
          .with("image_url", image ? PICTURE.url() : null)
          .with("image_sha256", image ? PICTURE.sha256() : null)
          .with("image_content_type", image ? PICTURE.contentType() : null)
          .with("image_bytes", image ? PICTURE.bytes() : null)
          .with("error_code", error ? "outage" : null)
          .with("error_message", error ? "It was down." : null);
    }
  }

  @Test
  void the_database_takes_the_jobs_of_the_page_and_no_others() {
    var states = LifecyclePage.read().states();
    var taken =
        Combination.all()
            .filter(combination -> isTaken(() -> combination.row().inJobs(ledger)))
            .toList();

    assertThat(taken)
        .isNotEmpty()
        .isEqualTo(
            Combination.all()
                .filter(combination -> states.stream().anyMatch(combination::isIn))
                .toList());
  }

  @Test
  void the_database_takes_the_queue_of_the_page_and_no_other() {
    for (var name : List.of("in_line", "dispatched", "due", "claimed", "ended")) {
      var states =
          LifecyclePage.read().states().stream()
              .filter(state -> state.queued().contains(name))
              .map(LifecycleState::attempt)
              .toList();
      for (var attempt : List.of(0, 1)) {
        for (var turn : NO_AND_YES) {
          var row =
              aQueuedJob().withAttempts(attempt).with("state", name).with("turn", turn ? 7 : null);

          assertThat(isTaken(() -> row.inQueue(ledger)))
              .as("%s, attempt %d, turn %s", name, attempt, turn)
              .isEqualTo(
                  turn == name.equals("in_line")
                      && (states.contains("any") || states.contains(attempt == 0 ? "0" : "> 0")));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"image_url", "image_sha256", "image_content_type", "image_bytes"})
  void a_picture_is_known_entirely_or_not_at_all(String column) {
    assertRefused(aCompletedJob(), column, null);
    assertRefused(aQueuedJob(), column, column.equals("image_bytes") ? 1 : "x");
  }

  @Test
  void what_contradicts_itself_is_refused() {
    assertRefused(aQueuedJob(), "status", "cancelled");
    assertRefused(aQueuedJob(), "state", "cancelled");
    assertRefused(aQueuedJob(), "attempt", -1);
    assertRefused(aQueuedJob(), "failures", 1);
    assertRefused(aHeldJob(), "worker_id", null);
    assertRefused(aHeldJob(), "claim_token", null);
    assertRefused(JobFixture.aFailedJob(), "error_code", null);
    assertRefused(JobFixture.aFailedJob(), "error_message", null);
  }

  private void assertRefused(JobFixture job, String column, @Nullable Object value) {
    assertThatThrownBy(() -> job.with(column, value).in(ledger))
        .as(column)
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  private static boolean isTaken(Runnable insert) {
    try {
      insert.run();
      return true;
    } catch (DataIntegrityViolationException e) {
      return false;
    }
  }
}
