package dev.darkroom.picture.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskSpaceCheckTest {
  private static final long PICTURE = 100;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicLong usable = new AtomicLong(1_000_000);
  private final AtomicInteger asked = new AtomicInteger();
  private final DiskSpaceCheck room =
      new DiskSpaceCheck(
          () -> {
            asked.incrementAndGet();
            return usable.get();
          },
          now::get);

  @Test
  void a_disk_with_plenty_of_room_is_asked_once_a_second() throws IOException {
    for (int i = 0; i < 20; i++) {
      assertThat(room.isFreeFor(PICTURE)).isTrue();
      now.updateAndGet(instant -> instant.plusMillis(100));
    }

    assertThat(asked).hasValue(2);
  }

  @Test
  void a_disk_that_fills_up_is_asked_each_time() throws IOException {
    usable.set(1000);
    assertThat(room.isFreeFor(PICTURE)).isTrue();
    usable.set(PICTURE - 1);
    assertThat(room.isFreeFor(PICTURE)).isFalse();
    usable.set(PICTURE);
    assertThat(room.isFreeFor(PICTURE)).isTrue();

    assertThat(asked).hasValue(3);
  }
}
