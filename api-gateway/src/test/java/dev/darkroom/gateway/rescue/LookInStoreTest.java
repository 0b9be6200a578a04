package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LookInStoreTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final RequestId id = new RequestId(UUID.randomUUID());
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void what_the_store_says_is_the_answer() throws IOException {
    var picture = new StoredPicture(id, "ab".repeat(32), 7, PictureFormat.WEBP, 8, 8);
    var look = looking(_ -> Optional.of(picture), LONG, LONG);

    assertThat(look.find(id)).contains(picture);
  }

  @Test
  void a_failure_is_passed_on_and_the_next_job_is_looked_for() {
    var look =
        looking(
            _ -> {
              throw new IOException("damaged");
            },
            LONG,
            LONG);

    assertThatThrownBy(() -> look.find(id)).hasMessage("damaged");
    assertThatThrownBy(() -> look.find(id)).hasMessage("damaged");
    assertThat(asked).hasValue(2);
  }

  @Test
  void a_store_that_hangs_is_waited_for_once_in_a_round_and_asked_once_at_a_time() {
    var wakes = new CountDownLatch(1);
    var look =
        looking(
            _ -> {
              try {
                wakes.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return Optional.empty();
            },
            SHORT,
            LONG);

    assertThatThrownBy(() -> look.find(id)).hasMessageStartingWith("no answer within");
    assertThatThrownBy(() -> look.find(id)).hasMessage("this round's time for it is over");
    look.beginRound();
    assertThatThrownBy(() -> look.find(id)).hasMessage("an earlier question is still unanswered");
    assertThat(asked).hasValue(1);

    wakes.countDown();
    await().untilAsserted(() -> assertThat(look.find(id)).isEmpty());
  }

  @Test
  void a_round_has_so_much_time_for_all_its_jobs() {
    var look = looking(_ -> Optional.empty(), LONG, Duration.ZERO);

    assertThatThrownBy(() -> look.find(id)).hasMessage("this round's time for it is over");
    assertThat(asked).hasValue(0);
  }

  private LookInStore looking(LookInStore.Look store, Duration perLook, Duration perRound) {
    var look =
        new LookInStore(
            wanted -> {
              asked.incrementAndGet();
              return store.find(wanted);
            },
            perLook,
            perRound);
    look.beginRound();
    return look;
  }
}
