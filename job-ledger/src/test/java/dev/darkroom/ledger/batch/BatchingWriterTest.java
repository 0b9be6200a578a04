package dev.darkroom.ledger.batch;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.batch.BatchingWriter.Linger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 20, unit = SECONDS)
class BatchingWriterTest {
  private final List<List<Integer>> written = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @Test
  void what_comes_while_a_batch_is_written_goes_into_the_next() throws Exception {
    try (var writer = new BatchingWriter<>("numbers", 100, 10, this::writeSlowly)) {
      writer.add(0);
      begun.await();
      IntStream.rangeClosed(1, 15).forEach(writer::add);
      assertThat(writer.waiting()).isEqualTo(15);
      goOn.countDown();
      await().until(() -> written.size() == 3);
    }

    assertThat(written)
        .containsExactly(
            List.of(0), List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), List.of(11, 12, 13, 14, 15));
  }

  @Test
  void what_comes_within_the_linger_is_written_together() {
    var linger = Linger.of(Duration.ofMillis(300));
    try (var writer = new BatchingWriter<Integer>("numbers", 100, 10, linger, written::add)) {
      IntStream.range(0, 4).forEach(writer::add);
      await().until(() -> !written.isEmpty());
    }

    assertThat(written).containsExactly(List.of(0, 1, 2, 3));
  }

  @Test
  void what_comes_while_it_rests_is_written_together() {
    var linger = new Linger(Duration.ZERO, Duration.ofMillis(300));
    try (var writer = new BatchingWriter<Integer>("numbers", 100, 10, linger, written::add)) {
      writer.add(0);
      await().until(() -> !written.isEmpty());
      IntStream.rangeClosed(1, 3).forEach(writer::add);
      await().until(() -> written.size() > 1);
    }

    assertThat(written).containsExactly(List.of(0), List.of(1, 2, 3));
  }

  @Test
  void closing_does_not_wait_for_the_end_of_a_rest() {
    var linger = new Linger(Duration.ZERO, Duration.ofMinutes(1));
    var writer = new BatchingWriter<Integer>("numbers", 100, 10, linger, written::add);
    writer.add(0);
    await().until(() -> !written.isEmpty());
    writer.add(1);

    writer.close();

    assertThat(written).containsExactly(List.of(0), List.of(1));
  }

  @Test
  void closing_does_not_wait_for_the_linger_of_what_comes() {
    var linger = Linger.of(Duration.ofMillis(500));
    var writer = new BatchingWriter<Integer>("numbers", 100, 10, linger, written::add);
    writer.add(1);

    writer.close();

    assertThat(written).containsExactly(List.of(1));
  }

  @Test
  void a_batch_that_can_not_be_written_is_dropped_with_a_warning(CapturedOutput output) {
    try (var writer = new BatchingWriter<>("numbers", 100, 10, this::refuseOdd)) {
      writer.add(1);
      await().untilAsserted(() -> assertThat(output).contains("could not write a batch"));
      writer.add(2);
      await().until(() -> written.equals(List.of(List.of(2))));
    }
    assertThat(output).contains("writer=\"numbers\"").contains("odd");
  }

  @Test
  void what_is_too_much_is_dropped_with_a_warning(CapturedOutput output) throws Exception {
    try (var writer = new BatchingWriter<>("numbers", 2, 10, this::writeSlowly)) {
      writer.add(0);
      begun.await();
      IntStream.rangeClosed(1, 3).forEach(writer::add);
      goOn.countDown();
    }

    assertThat(written).containsExactly(List.of(0), List.of(1, 2));
    assertThat(output).contains("its queue is full");
  }

  @Test
  void closing_writes_what_waits() {
    var writer = new BatchingWriter<Integer>("numbers", 1_000, 10, written::add);
    IntStream.range(0, 500).forEach(writer::add);

    writer.close();

    assertThat(written.stream().mapToInt(List::size).sum()).isEqualTo(500);
    assertThat(written).allMatch(batch -> batch.size() <= 10);
  }

  @Test
  void closing_waits_two_seconds_for_a_writer_that_is_stuck_and_says_what_is_lost(
      CapturedOutput output) throws Exception {
    var writer = new BatchingWriter<Integer>("numbers", 100, 1, this::writeSlowly);
    writer.add(0);
    begun.await();
    writer.add(1);

    var before = System.nanoTime();
    writer.close();

    assertThat((System.nanoTime() - before) / 1_000_000).isBetween(1_900L, 5_000L);
    assertThat(output)
        .contains("shutdown timed out with unwritten items")
        .contains("waiting=\"1\"");
  }

  @Test
  void what_comes_after_closing_is_dropped_with_a_warning(CapturedOutput output) {
    var writer = new BatchingWriter<Integer>("numbers", 100, 10, written::add);
    writer.close();

    writer.add(1);

    assertThat(written).isEmpty();
    assertThat(output).contains("the writer is closed");
  }

  /** An item once went into the queue after the writing thread had looked for the last time. */
  @Test
  void an_item_that_is_taken_while_the_writer_closes_is_written() throws Exception {
    for (var round = 0; round < 200; round++) {
      var count = new AtomicInteger();
      var taken = new AtomicInteger();
      var closed = new AtomicBoolean();
      var writer =
          new BatchingWriter<Integer>("numbers", 100, 100, batch -> count.addAndGet(batch.size()));
      var adding =
          Thread.ofPlatform()
              .start(() -> {
                while (!closed.get()) {
                  taken.addAndGet(writer.offer(1) ? 1 : 0);
                }
              });
      writer.close();
      closed.set(true);
      adding.join();

      assertThat(count).hasValue(taken.get());
    }
  }

  private void writeSlowly(List<Integer> batch) {
    begun.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    written.add(List.copyOf(batch));
  }

  private void refuseOdd(List<Integer> batch) {
    if (batch.stream().anyMatch(number -> number % 2 == 1)) {
      throw new IllegalStateException("odd");
    }
    written.add(List.copyOf(batch));
  }
}
