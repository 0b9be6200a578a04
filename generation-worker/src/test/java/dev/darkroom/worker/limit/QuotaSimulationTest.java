package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.darkroom.simulator.QuotaRules;
import dev.darkroom.simulator.QuotaRules.Counting;
import dev.darkroom.simulator.RequestQuota;
import dev.darkroom.worker.limit.SimulatedFleet.Headers;
import dev.darkroom.worker.limit.SimulatedFleet.PermitsOf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fleets that always have jobs, for hours of a virtual clock. Prints the table of docs/quota.md,
 * and fails where that one says something else.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotaSimulationTest {
  private static final int BASE = 60;
  private static final Duration HOURS = Duration.ofHours(4);
  private static final Path PAGE = Path.of("..", "docs", "quota.md");

  /** 60 grows by a fifth for each of the 16 quarters of an hour. */
  private static final int REACHABLE = (int) (BASE * Math.pow(1.2, 16));

  private static final String HEAD =
      """
      | workers | limit | calls in 4 h | share of granted quota used | 429s | Nebius grants at last | asked for permits |
      | ---: | --- | ---: | ---: | ---: | ---: | ---: |
      """;

  /** What came of a simulation. */
  private record Result(RequestQuota nebius, SimulatedFleet fleet) {
    double used() {
      return 100 * nebius.used() / nebius.granted();
    }

    double refused() {
      return 100.0 * nebius.refused() / fleet.calls();
    }

    String row(int workers, String limit) {
      return "| %d | %s | %,d | %.1f %% | %.2f %% | %,d per minute | %.1f /s |%n"
          .formatted(
              workers,
              limit,
              nebius.used(),
              used(),
              refused(),
              nebius.limit(),
              (double) fleet.asks() / HOURS.toSeconds());
    }
  }

  @Test
  void a_fleet_of_any_size_uses_what_is_granted_until_it_is_as_much_as_the_rules_allow()
      throws IOException {
    var table = new StringBuilder(HEAD);
    for (var workers : List.of(1, 4, 16)) {
      var adapted = shared(Counting.ANY_MINUTE, Headers.ALL, workers, HOURS);
      var low = fixed(workers, BASE);
      var high = fixed(workers, REACHABLE);
      var each = run(workers, clock -> _ -> new FixedLimit(clock, BASE));
      table.append(adapted.row(workers, "shared, follows Nebius"));
      table.append(low.row(workers, "shared, stays at 60"));
      table.append(high.row(workers, "shared, stays at 1,109"));
      table.append(each.row(workers, "stays at 60 for each worker"));

      assertThat(adapted.used()).isBetween(95.0, 100.0);
      assertThat(adapted.refused()).isLessThanOrEqualTo(1.0);
      assertThat(adapted.nebius.limit()).isEqualTo(REACHABLE);
      assertThat(low.used()).isLessThan(80);
    }
    System.out.println(table);
    assumeTrue(Files.exists(PAGE));
    assertThat(Files.readString(PAGE)).contains(table);
  }

  /** Nebius's documentation does not say how a minute is counted. */
  @ParameterizedTest
  @EnumSource
  void it_does_not_matter_how_nebius_counts_a_minute(Counting counting) {
    var result = shared(counting, Headers.ALL, 4, Duration.ofHours(1));

    assertThat(result.used()).isBetween(95.0, 100.0);
    assertThat(result.refused()).isLessThanOrEqualTo(1.0);
    assertThat(result.nebius.limit()).isEqualTo(124); // as its documentation says
  }

  @ParameterizedTest
  @CsvSource({
    "ANY_MINUTE, REMAINDER", "CLOCK_MINUTE, REMAINDER", "TOKEN_BUCKET, REMAINDER",
    "ANY_MINUTE, NONE", "CLOCK_MINUTE, NONE", "TOKEN_BUCKET, NONE"
  })
  void a_limit_that_nebius_does_not_tell_is_found_out(Counting counting, Headers headers) {
    var result = shared(counting, headers, 4, HOURS);

    assertThat(result.used()).isGreaterThan(85);
    assertThat(result.refused()).isLessThanOrEqualTo(1.0);
    assertThat(result.nebius.limit()).isEqualTo(REACHABLE);
  }

  @Test
  void each_worker_gets_the_same() {
    var calls =
        shared(Counting.ANY_MINUTE, Headers.ALL, 16, Duration.ofHours(1)).fleet.callsOfEach();

    assertThat(calls).allSatisfy(made -> assertThat(made).isBetween(280L, 330L));
  }

  @Test
  void what_a_dead_worker_had_goes_to_the_others() {
    var clock = new VirtualClock();
    var nebius = new RequestQuota(QuotaRules.perMinute(BASE), clock);
    var book = new TestingQuotaBook<Quota>(clock);
    var fleet =
        new SimulatedFleet(clock, nebius, Headers.ALL, 16, _ -> new ShareQuota(book, BASE)::answer);
    fleet.run(Duration.ofMinutes(14));
    for (var dead = 0; dead < 12; dead++) {
      fleet.kill(dead);
    }
    var before = nebius.used();
    fleet.run(Duration.ofMinutes(15));

    // 72 a minute, less a minute in which the permits and places of the dead come back
    assertThat(nebius.used() - before).isGreaterThan(72 * 14 - 30);
    assertThat(nebius.refused()).isZero();
  }

  @Test
  void after_a_pause_a_minutes_calls_are_made_at_once_and_no_more() {
    var clock = new VirtualClock();
    var nebius = new RequestQuota(QuotaRules.perMinute(BASE), clock);
    var book = new TestingQuotaBook<Quota>(clock);
    var fleet =
        new SimulatedFleet(clock, nebius, Headers.ALL, 4, _ -> new ShareQuota(book, BASE)::answer);

    fleet.run(Duration.ofSeconds(4));
    assertThat(nebius.used()).isBetween(58L, 60L);
    fleet.run(Duration.ofMinutes(3));
    assertThat(nebius.used()).isBetween(3L * 58, 4L * 60);
    assertThat(nebius.refused()).isZero();
  }

  @Test
  void somebody_elses_calls_with_the_same_key_are_made_room_for() {
    var clock = new VirtualClock();
    var nebius = new RequestQuota(QuotaRules.perMinute(BASE), clock);
    var book = new TestingQuotaBook<Quota>(clock);
    var fleet =
        new SimulatedFleet(clock, nebius, Headers.ALL, 4, _ -> new ShareQuota(book, BASE)::answer);
    for (var second = 0; second < 600; second++) {
      fleet.run(Duration.ofSeconds(1));
      if (second % 3 == 0) {
        nebius.admit();
      }
    }

    assertThat(100.0 * fleet.refused() / fleet.calls()).isLessThan(10);
    assertThat(fleet.calls()).isGreaterThan(10 * 36);
  }

  private static Result shared(Counting counting, Headers headers, int workers, Duration time) {
    return run(
        counting,
        headers,
        workers,
        time,
        clock -> {
          var book = new TestingQuotaBook<Quota>(clock);
          return _ -> new ShareQuota(book, BASE)::answer;
        });
  }

  private static Result fixed(int workers, int perMinute) {
    return run(
        workers,
        clock -> {
          var limit = new FixedLimit(clock, perMinute);
          return _ -> limit;
        });
  }

  private static Result run(int workers, Limits limits) {
    return run(Counting.ANY_MINUTE, Headers.ALL, workers, HOURS, limits);
  }

  private interface Limits {
    PermitsOf at(VirtualClock clock);
  }

  private static Result run(
      Counting counting, Headers headers, int workers, Duration time, Limits limits) {
    var clock = new VirtualClock();
    var nebius = new RequestQuota(QuotaRules.perMinute(BASE).counting(counting), clock);
    var fleet = new SimulatedFleet(clock, nebius, headers, workers, limits.at(clock));
    fleet.run(time);
    return new Result(nebius, fleet);
  }
}
