package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RememberedCountsTest {
  private static final LogFilter ALL = new LogFilter(null, null, null);
  private static final OffsetDateTime NOON = OffsetDateTime.parse("2026-11-22T12:00:00Z");
  private static final Duration NEVER = Duration.ofDays(30);

  private final AtomicLong rows = new AtomicLong(10);
  private final AtomicInteger fromScratch = new AtomicInteger();

  @Test
  void what_was_counted_is_counted_on() {
    var counts = new RememberedCounts(1_000, this::count, NEVER);

    assertThat(counts.upTo(ALL, NOON)).isEqualTo(new SettledCount(NOON, 10));
    assertThat(counts.upTo(ALL, NOON.plusHours(1)).rows()).isEqualTo(11);
    assertThat(fromScratch).hasValue(1);
  }

  @Test
  void a_later_count_is_as_good_as_the_one_asked_for() {
    var counts = new RememberedCounts(1_000, this::count, NEVER);
    counts.upTo(ALL, NOON);

    assertThat(counts.upTo(ALL, NOON.minusHours(1))).isEqualTo(new SettledCount(NOON, 10));
  }

  @Test
  void only_the_filters_asked_for_last_are_remembered() {
    var counts = new RememberedCounts(1_000, this::count, NEVER);
    counts.upTo(ALL, NOON);
    for (var user = 0; user < 1_000; user++) {
      counts.upTo(new LogFilter(null, null, "user-" + user), NOON);
    }
    counts.upTo(new LogFilter(null, null, "user-999"), NOON);
    assertThat(fromScratch).hasValue(1_001);

    counts.upTo(ALL, NOON);
    assertThat(fromScratch).hasValue(1_002);
  }

  @Test
  void after_a_while_it_is_counted_anew_beside_the_requests() {
    var counts = new RememberedCounts(1_000, this::count, Duration.ofMillis(50));
    counts.upTo(ALL, NOON);
    rows.set(7); // somebody deleted three
    await().until(() -> counts.upTo(ALL, NOON).rows() == 7);
  }

  /** From scratch there are some rows, and in each later stretch of time there is another. */
  private SettledCount count(LogFilter filter, SettledCount from, OffsetDateTime until) {
    if (!from.until().isBefore(until)) {
      return from;
    }
    if (from.equals(SettledCount.none(filter))) {
      fromScratch.incrementAndGet();
      return new SettledCount(until, rows.get());
    }
    return new SettledCount(until, from.rows() + 1);
  }
}
