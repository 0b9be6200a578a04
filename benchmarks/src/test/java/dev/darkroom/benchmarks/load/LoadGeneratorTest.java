package dev.darkroom.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LoadGeneratorTest {
  private final Set<Integer> seen = ConcurrentHashMap.newKeySet();

  @Test
  void a_closed_load_does_each_number_once_and_no_more_than_it_may() throws Exception {
    var outcome =
        LoadGenerator.closed(
            connections(4, number -> seen.add(number)), Duration.ofMinutes(1), 100);
    assertThat(seen).isEqualTo(firstNumbers(100));
    assertThat(outcome.latencies().count()).isEqualTo(100);
    assertThat(outcome.declined()).isZero();
  }

  @Test
  void a_paced_load_does_all_and_takes_its_time() throws Exception {
    long begin = System.nanoTime();
    var _ = LoadGenerator.paced(connections(3, number -> seen.add(number)), 200, 21);
    assertThat(seen).isEqualTo(firstNumbers(21));
    // the last is due 20 gaps after the first
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void what_was_declined_is_counted_and_its_time_is_not() throws Exception {
    var outcome =
        LoadGenerator.closed(connections(1, number -> number % 5 != 0), Duration.ofMinutes(1), 100);
    assertThat(outcome.declined()).isEqualTo(20);
    assertThat(outcome.latencies().count()).isEqualTo(80);
  }

  @Test
  void a_failure_ends_the_measure_instead_of_making_it_look_quick() {
    LoadGenerator.LoadConnection broken =
        new LoadGenerator.LoadConnection() {
          @Override
          public boolean once(int number) throws IOException {
            throw new IOException("no reply");
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> LoadGenerator.closed(List.of(broken), Duration.ofMinutes(1), 10))
        .hasMessageContaining("no reply");
  }

  private static Set<Integer> firstNumbers(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toSet());
  }

  private static List<LoadGenerator.LoadConnection> connections(int count, IntPredicate once) {
    return IntStream.range(0, count)
        .<LoadGenerator.LoadConnection>mapToObj(_ -> new Testing(once))
        .toList();
  }

  private record Testing(IntPredicate does) implements LoadGenerator.LoadConnection {
    @Override
    public boolean once(int number) {
      return does.test(number);
    }

    @Override
    public void close() {}
  }
}
