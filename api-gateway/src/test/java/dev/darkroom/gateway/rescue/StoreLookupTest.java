package dev.darkroom.gateway.rescue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StoreLookupTest {
  private static final int AT_ONCE = 4;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final RequestId id = newId();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void what_the_store_says_is_the_answer() {
    var picture = new StoredPicture(id, "ab".repeat(32), 7, PictureFormat.WEBP, 8, 8);
    var none = newId();
    var look = looking(job -> job.equals(id) ? Optional.of(picture) : Optional.empty(), LONG);

    assertThat(look.find(Set.of(id, none)))
        .containsEntry(id, Optional.of(picture))
        .containsEntry(none, Optional.empty())
        .hasSize(2);
    assertThat(look.find(Set.of())).isEmpty();
  }

  @Test
  void a_job_for_which_the_store_fails_is_not_in_the_answer_and_others_are() {
    var look =
        looking(
            job -> {
              if (job.equals(id)) {
                throw new IOException("damaged");
              }
              return Optional.empty();
            },
            LONG);

    assertThat(look.find(Stream.concat(Stream.of(id), ids(9)).collect(Collectors.toSet())))
        .hasSize(9)
        .doesNotContainKey(id);
  }

  @Test
  void a_slow_store_is_asked_for_several_at_once() {
    var together = new CyclicBarrier(AT_ONCE);
    var look =
        looking(
            _ -> {
              try {
                together.await(30, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new IOException(e);
              }
              return Optional.empty();
            },
            LONG);

    assertThat(look.find(ids(2 * AT_ONCE).collect(Collectors.toSet()))).hasSize(2 * AT_ONCE);
  }

  @Test
  void one_look_that_hangs_keeps_no_other_from_its_answer() {
    var wakes = new CountDownLatch(1);
    var look = looking(job -> job.equals(id) ? afterwards(wakes) : Optional.empty(), SHORT);

    assertThat(look.find(Stream.concat(Stream.of(id), ids(20)).collect(Collectors.toSet())))
        .hasSize(20)
        .doesNotContainKey(id);
    wakes.countDown();
  }

  @Test
  void a_store_that_hangs_is_waited_for_once_and_not_asked_again_until_it_answers() {
    var wakes = new CountDownLatch(1);
    var look = looking(_ -> afterwards(wakes), SHORT);
    var jobs = ids(3 * AT_ONCE).collect(Collectors.toSet());

    assertThat(look.find(jobs)).isEmpty();
    assertThat(look.find(jobs)).isEmpty();
    assertThat(asked).hasValue(AT_ONCE);

    wakes.countDown();
    await().untilAsserted(() -> assertThat(look.find(Set.of(id))).containsKey(id));
  }

  /** A file system that hangs does not let itself be interrupted. */
  private static Optional<StoredPicture> afterwards(CountDownLatch wakes) {
    while (wakes.getCount() > 0) {
      try {
        wakes.await();
      } catch (InterruptedException e) {
        // goes on waiting
      }
    }
    return Optional.empty();
  }

  private static Stream<RequestId> ids(int number) {
    return Stream.generate(StoreLookupTest::newId).limit(number);
  }

  private static RequestId newId() {
    return new RequestId(UUID.randomUUID());
  }

  private StoreLookup looking(StoreLookup.PictureLookup store, Duration perRound) {
    return new StoreLookup(
        wanted -> {
          asked.incrementAndGet();
          return store.find(wanted);
        },
        AT_ONCE,
        perRound);
  }
}
