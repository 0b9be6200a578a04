package dev.darkroom.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UnneededPicturesTest {
  private final TestingPictureStore store = new TestingPictureStore();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void only_a_cancelled_job_with_an_attempt_may_have_an_unneeded_picture() {
    var cancelled = ended(1, "cancelled");
    try (var pictures = new UnneededPictures(store, meters)) {
      pictures.deleteOf(ended(0, "cancelled"));
      pictures.deleteOf(ended(1, "deadline_exceeded"));
      pictures.deleteOf(cancelled);
    }
    assertThat(store.deleted).containsExactly(cancelled.event().requestId());
  }

  /** Once the loop of the outbox and requests waited for the store. */
  @Test
  void nobody_waits_for_a_store_that_hangs_and_what_is_too_much_is_left_to_retention() {
    var pictures = new UnneededPictures(store, meters);
    store.hang();

    Stream.generate(() -> ended(1, "cancelled")).limit(1_010).forEach(pictures::deleteOf);

    assertThat(meters.get("darkroom.picture.deletions.waiting").gauge().value()).isEqualTo(1_000);
    assertThat(failures()).isEqualTo(8); // two are under way
    store.wake();
    await().until(() -> store.deleted.size() == 1_002);
  }

  @Test
  void a_deletion_that_fails_keeps_no_other_from_its_turn() {
    var pictures = new UnneededPictures(store, meters);
    store.down = true;
    pictures.deleteOf(ended(1, "cancelled"));
    await().until(() -> failures() == 1);

    store.down = false;
    pictures.deleteOf(ended(1, "cancelled"));
    await().until(() -> store.deleted.size() == 1);
  }

  private double failures() {
    return meters.get("darkroom.picture.deletions.failed").counter().count();
  }

  private static FinishedJob ended(int attempts, String code) {
    var id = new RequestId(UUID.randomUUID());
    var event =
        new GenerationEvent(
            id,
            "ada",
            JobStatus.FAILED,
            attempts,
            null,
            null,
            null,
            null,
            null,
            code,
            "It ended.",
            Instant.EPOCH);
    return new FinishedJob(event, Instant.EPOCH, Duration.ZERO, null);
  }
}
