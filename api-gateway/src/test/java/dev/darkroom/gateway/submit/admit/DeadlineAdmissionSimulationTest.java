package dev.darkroom.gateway.submit.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.submit.admit.OverloadSimulation.Client;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Twenty minutes at three times what the workers do, with the forecast that gateways use. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeadlineAdmissionSimulationTest {
  private static final Logger log = LoggerFactory.getLogger(DeadlineAdmissionSimulationTest.class);
  private static final int SLOTS = 16;
  private static final Duration TIME = Duration.ofMinutes(20);

  /** What the workers do in a second, with calls of these times. */
  private static final double OF_EVEN = SLOTS / 7.0;

  private static final double OF_LONG_TAIL = SLOTS / 5.99;
  private static final List<Integer> USUAL = List.of(3);

  record Overload(String name, ToDoubleFunction<Random> callSeconds, List<Client> clients) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static double even(Random random) {
    return 5 + 4 * random.nextDouble();
  }

  private static double longTail(Random random) {
    return 5 * Math.exp(0.6 * random.nextGaussian());
  }

  static Stream<Overload> overloads() {
    return Stream.of(
        new Overload(
            "one user",
            DeadlineAdmissionSimulationTest::even,
            List.of(client("ada", 3 * OF_EVEN, 1, USUAL, 120))),
        new Overload(
            "one user, calls of very different times",
            DeadlineAdmissionSimulationTest::longTail,
            List.of(client("ada", 3 * OF_LONG_TAIL, 1, USUAL, 120))),
        new Overload(
            "twenty users alike",
            DeadlineAdmissionSimulationTest::even,
            alike(20, 3 * OF_EVEN / 20, 300)),
        new Overload(
            "one who floods, ten who need little",
            DeadlineAdmissionSimulationTest::even,
            Stream.concat(
                    Stream.of(client("flood", 2.5 * OF_EVEN, 1, USUAL, 300)),
                    alike(10, 0.05 * OF_EVEN, 300).stream())
                .toList()),
        new Overload(
            "a thousand users with few jobs",
            DeadlineAdmissionSimulationTest::even,
            alike(1_000, 3 * OF_EVEN / 1_000, 300)),
        new Overload(
            "deadlines from soon to late",
            DeadlineAdmissionSimulationTest::even,
            alike(5, 3 * OF_EVEN / 5, 30, 120, 900)),
        new Overload(
            "weights 1, 4 and 20",
            DeadlineAdmissionSimulationTest::even,
            List.of(
                client("light", OF_EVEN, 1, USUAL, 300),
                client("heavy", OF_EVEN, 4, USUAL, 300),
                client("heaviest", OF_EVEN, 20, USUAL, 300))),
        new Overload(
            "urgent jobs among many of low priority",
            DeadlineAdmissionSimulationTest::even,
            List.of(client("ada", 3 * OF_EVEN, 1, List.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 5), 300))));
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void what_is_accepted_is_done_in_time_and_no_more_is_refused_than_must_be(Overload overload) {
    var run = OverloadSimulation.run(overload.clients(), SLOTS, overload.callSeconds(), TIME, true);
    var unchecked =
        OverloadSimulation.run(overload.clients(), SLOTS, overload.callSeconds(), TIME, false);
    log.atInfo()
        .addKeyValue("overload", overload.name())
        .addKeyValue("accepted", run.accepted().size())
        .addKeyValue("refused", run.refused().size())
        .addKeyValue("missed_percent", 100 * run.missed())
        .addKeyValue("wrongly_refused_percent", 100 * run.wronglyRefused(unchecked))
        .addKeyValue("missed_without_percent", 100 * unchecked.missed())
        .log("simulated");

    assertThat(run.missed()).as("accepted, and not done in time").isLessThanOrEqualTo(0.02);
    assertThat(run.wronglyRefused(unchecked)).as("refused in vain").isLessThanOrEqualTo(0.05);
    assertThat(run.utilization()).as("busy slots").isGreaterThan(0.99);
    assertThat(unchecked.missed()).as("missed where nobody is refused").isGreaterThan(0.5);
  }

  @ParameterizedTest
  @MethodSource("overloads")
  void nothing_is_refused_at_nine_tenths_of_what_the_workers_do(Overload overload) {
    var clients =
        overload.clients().stream()
            .map(client ->
                client(
                    client.name(),
                    0.3 * client.perSecond(),
                    client.weight(),
                    client.priorities(),
                    900))
            .toList();

    var run = OverloadSimulation.run(clients, SLOTS, overload.callSeconds(), TIME, true);

    assertThat(run.refused()).isEmpty();
    assertThat(run.missed()).isZero();
  }

  private static List<Client> alike(int number, double perSecond, Integer... deadlines) {
    return IntStream.range(0, number)
        .mapToObj(n -> client("user " + n, perSecond, 1, USUAL, deadlines))
        .toList();
  }

  private static Client client(
      String name, double perSecond, int weight, List<Integer> priorities, Integer... deadlines) {
    return new Client(name, perSecond, weight, priorities, List.of(deadlines));
  }
}
