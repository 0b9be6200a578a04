package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WatchRequestThreadsTest {
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final AtomicInteger ends = new AtomicInteger();
  private final WatchRequestThreads watch =
      new WatchRequestThreads(started::add, ends::incrementAndGet);

  @Test
  void while_threads_run_nothing_ends() {
    for (var round = 0; round < 3 * WatchRequestThreads.ROUNDS; round++) {
      watch.round();
      started.remove().run();
    }

    assertThat(ends).hasValue(0);
  }

  @Test
  void one_that_runs_late_begins_the_count_anew() {
    rounds(WatchRequestThreads.ROUNDS);
    started.remove().run();
    rounds(WatchRequestThreads.ROUNDS);

    assertThat(ends).hasValue(0);
    assertThat(started).as("one at a time").hasSize(1);
  }

  @Test
  void after_so_many_rounds_without_one_the_process_ends() {
    rounds(1 + WatchRequestThreads.ROUNDS);
    assertThat(ends).hasValue(1);
  }

  private void rounds(int rounds) {
    for (var round = 0; round < rounds; round++) {
      watch.round();
    }
  }
}
