package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BeginOnPlatformThreadsTest {
  @Test
  void only_the_first_requests_are_carried_out_there() {
    var first = new ArrayList<Runnable>();
    var then = new ArrayList<Runnable>();
    var requests = new BeginOnPlatformThreads(first::add, then::add);
    for (var request = 0; request < BeginOnPlatformThreads.FIRST + 7; request++) {
      requests.execute(() -> {});
    }

    assertThat(first).hasSize(BeginOnPlatformThreads.FIRST);
    assertThat(then).hasSize(7);
  }

  @Test
  void requests_that_come_at_once_are_each_carried_out_once() throws InterruptedException {
    var first = new AtomicInteger();
    var then = new AtomicInteger();
    var requests =
        new BeginOnPlatformThreads(_ -> first.incrementAndGet(), _ -> then.incrementAndGet());
    try (var clients = Executors.newFixedThreadPool(8)) {
      List<Runnable> burst = Collections.nCopies(4_000, () -> requests.execute(() -> {}));
      burst.forEach(clients::execute);
    }

    assertThat(first).hasValue(BeginOnPlatformThreads.FIRST);
    assertThat(then).hasValue(4_000 - BeginOnPlatformThreads.FIRST);
  }
}
