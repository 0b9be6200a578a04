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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/** The database's CHECK against the table of states in {@code docs/job-lifecycle.md}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LifecycleCheckIT {
  private static final List<Boolean> NO_AND_YES = List.of(false, true);

  private final TestingLedger ledger = TestingLedger.empty();

  private record Combination(
      String status, int attempt, boolean lease, boolean finished, boolean image, boolean error) {

    static Stream<Combination> all() {
      return Stream.of(JobStatus.values())
          .flatMap(status ->
              Stream.of(0, 1)
                  .flatMap(attempt ->
                      bits()
                          .map(bit ->
                              new Combination(
                                  status.word(),
                                  attempt,
                                  bit.get(0),
                                  bit.get(1),
                                  bit.get(2),
                                  bit.get(3)))));
    }

    private static Stream<List<Boolean>> bits() {
      return NO_AND_YES.stream()
          .flatMap(a ->
              NO_AND_YES.stream()
                  .flatMap(b ->
                      NO_AND_YES.stream()
                          .flatMap(c -> NO_AND_YES.stream().map(d -> List.of(a, b, c, d)))));
    }

    boolean isIn(LifecycleState state) {
      return status.equals(state.status())
          && List.of("any", attempt == 0 ? "0" : "> 0").contains(state.attempt())
          && holds(lease, state.leaseUntil())
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
          .with("attempt", attempt)
          .with("worker_id", "worker-1")
          .with("lease_until", lease ? Instant.now() : null)
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
  void the_database_takes_the_states_of_the_page_and_no_others() {
    var states = LifecyclePage.read().states();
    var taken = new ArrayList<Combination>();
    Combination.all()
        .forEach(combination -> {
          if (isTaken(combination.row())) {
            taken.add(combination);
          }
        });

    assertThat(taken)
        .hasSizeGreaterThan(states.size())
        .isEqualTo(
            Combination.all()
                .filter(combination -> states.stream().anyMatch(combination::isIn))
                .toList());
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
    assertRefused(aQueuedJob(), "attempt", -1);
    assertRefused(aQueuedJob(), "failures", 1);
    assertRefused(aHeldJob(), "worker_id", null);
    assertRefused(aHeldJob(), "event_published_at", Instant.now());
    assertRefused(JobFixture.aFailedJob(), "error_code", null);
    assertRefused(JobFixture.aFailedJob(), "error_message", null);
  }

  private void assertRefused(JobFixture job, String column, @Nullable Object value) {
    assertThatThrownBy(() -> job.with(column, value).in(ledger))
        .as(column)
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  private boolean isTaken(JobFixture job) {
    try {
      job.in(ledger);
      return true;
    } catch (DataIntegrityViolationException e) {
      return false;
    }
  }
}
