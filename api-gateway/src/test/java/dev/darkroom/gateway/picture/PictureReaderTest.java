package dev.darkroom.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.picture.ByteRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureReaderTest {
  private static final int MOST_WAITING = 10;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final TestingPictureStore store = new TestingPictureStore();
  private final ByteRange all = ByteRange.all(store.picture);

  @Test
  void a_picture_is_read_whole_or_in_part_and_closed() throws IOException {
    var reader = reader(LONG);
    var id = store.picture.id();
    assertThat(reader.find(id, store.picture.sha256())).contains(store.picture);

    var read = new ByteArrayOutputStream();
    try (var bytes = reader.open(store.picture, all).orElseThrow()) {
      bytes.transferTo(read);
    }
    try (var bytes = reader.open(store.picture, new ByteRange(2, 7)).orElseThrow()) {
      assertThat(bytes.readAllBytes()).asString().isEqualTo("picture");
    }

    assertThat(read.toByteArray()).isEqualTo(TestingPictureStore.BYTES);
    await().until(() -> store.open.get() == 0);
  }

  @Test
  void a_store_that_hangs_is_waited_for_so_long_and_not_at_all_by_too_many() {
    var reader = reader(SHORT);
    store.hang();

    assertThatThrownBy(() -> find(reader)).hasMessage("no answer within 100 ms");
    await()
        .untilAsserted(() ->
            assertThatThrownBy(() -> find(reader))
                .hasMessage("too many reads wait for the picture store"));

    store.wake();
    await().ignoreExceptionsInstanceOf(IOException.class).until(() -> find(reader));
  }

  private boolean find(PictureReader reader) throws IOException {
    return reader.find(store.picture.id(), store.picture.sha256()).isPresent();
  }

  @Test
  void what_is_opened_after_the_client_has_its_reply_is_closed() {
    var reader = reader(SHORT);
    store.hang();
    hangsIn(() -> reader.open(store.picture, all));

    store.wake();
    await().until(() -> !store.opened.isEmpty() && store.open.get() == 0);
  }

  /** Who closes a file waits for those who read it. */
  @Test
  void a_read_that_hangs_ends_for_the_client_and_its_picture_is_closed_afterwards()
      throws IOException {
    var reader = reader(SHORT);
    try (var bytes = reader.open(store.picture, all).orElseThrow()) {
      store.hang();
      hangsIn(() -> bytes.transferTo(OutputStream.nullOutputStream()));
    }
    assertThat(store.open).hasValue(1);

    store.wake();
    await().until(() -> store.open.get() == 0);
  }

  /** A busy machine may take so long for a thread that the store is not called any more. */
  private void hangsIn(ThrowingCallable read) {
    await()
        .until(() -> {
          assertThatThrownBy(read).hasMessage("no answer within 100 ms");
          return store.hanging.get() > 0;
        });
  }

  private PictureReader reader(Duration limit) {
    return new PictureReader(store, 1, MOST_WAITING, limit);
  }
}
