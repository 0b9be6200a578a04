package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledBeforeSend;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledInFlight;
import dev.darkroom.worker.nebius.AttemptOutcome.CircuitOpen;
import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.NotStored;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.NebiusCircuitBreaker.ProviderSignal;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NebiusCircuitBreakerTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration PROBE_AFTER = Duration.ofSeconds(10);

  private long nanos;
  private Duration correction = Duration.ZERO;

  private final CircuitBreaker states =
      CircuitBreaker.of(
          "nebius",
          CircuitBreakerConfig.custom()
              .slidingWindowSize(2)
              .minimumNumberOfCalls(2)
              .permittedNumberOfCallsInHalfOpenState(1)
              .recordResult(
                  outcome -> ProviderSignal.of((AttemptOutcome) outcome) == ProviderSignal.FAILURE)
              .build());
  private final NebiusCircuitBreaker breaker =
      new NebiusCircuitBreaker(
          states,
          PROBE_AFTER,
          new Clock() {
            @Override
            public Instant instant() {
              return NOON.plusNanos(nanos).plus(correction);
            }

            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }
          },
          () -> nanos);

  @Test
  void an_outage_says_until_when_and_why() throws Exception {
    pass(new Unavailable(null, "Nebius answered 503: down"));
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
    pass(new Unavailable(null, "Nebius answered 503: down"));

    assertThat(breaker.state())
        .isEqualTo("nebius: open until 2026-11-22T12:00:10Z: Nebius answered 503: down");
    assertThat(breaker.callsAllowed()).isZero();
    assertThat(breaker.blockedBy()).hasValue("outage");
    assertThat(breaker.pass("A fox", () -> new CancelledBeforeSend("r")))
        .isInstanceOf(CircuitOpen.class);
  }

  @Test
  void a_refusal_of_the_first_call_is_enough_and_names_itself() throws Exception {
    pass(new Misconfigured(ProviderRefusal.BALANCE, "Nebius answered 402: no money", true));

    assertThat(breaker.state())
        .isEqualTo(
            "nebius: 402, the account can't pay; open until 2026-11-22T12:00:10Z: Nebius answered"
                + " 402: no money");
    assertThat(breaker.blockedBy()).hasValue("balance");
  }

  static List<AttemptOutcome> probesThatProveNothing() {
    return List.of(new CancelledInFlight("r"), new CancelledBeforeSend("r"), new NotStored("r"));
  }

  @ParameterizedTest
  @MethodSource("probesThatProveNothing")
  void a_probe_that_proves_nothing_is_followed_by_another(AttemptOutcome nothing) throws Exception {
    halfOpen();
    pass(nothing);

    assertThat(breaker.callsAllowed()).isEqualTo(1);
    assertThat(breaker.state())
        .isEqualTo("nebius: half-open, the next call probes: Nebius answered 503: down");
    pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void nor_is_a_probe_lost_that_ends_in_an_error() {
    halfOpen();
    assertThatThrownBy(() ->
            breaker.pass(
                "A fox",
                () -> {
                  throw new StackOverflowError();
                }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(states.tryAcquirePermission()).isTrue();
  }

  @Test
  void one_probe_at_a_time() throws Exception {
    halfOpen();

    var _ =
        breaker.pass(
            "A fox",
            () -> {
              assertThat(breaker.callsAllowed()).isZero();
              assertThat(breaker.pass("A gull", () -> new Rejected(FailureCode.REJECTED, "r")))
                  .isInstanceOf(CircuitOpen.class);
              return new Unavailable(null, "still down");
            });
    assertThat(breaker.callsAllowed()).isZero();
    assertThat(breaker.state()).endsWith(": still down");
  }

  @Test
  void a_call_from_before_the_outage_neither_takes_the_probe_s_place_nor_passes_for_it()
      throws Exception {
    var late =
        breaker.pass(
            "A hanging call",
            () -> {
              halfOpen();
              assertThat(breaker.callsAllowed()).isEqualTo(1);
              return new Unavailable(null, "Nebius answered 502");
            });

    assertThat(late).isInstanceOf(Unavailable.class);
    assertThat(breaker.callsAllowed()).as("still half-open").isEqualTo(1);
    pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void a_late_failure_does_not_count_after_the_recovery_either() throws Exception {
    var _ =
        breaker.pass(
            "One",
            () -> {
              var _ =
                  breaker.pass(
                      "Two",
                      () -> {
                        halfOpen();
                        pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
                        return new Unavailable(null, "late");
                      });
              return new Unavailable(null, "late");
            });

    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void a_probe_that_hangs_is_followed_by_another_after_some_seconds() throws Exception {
    halfOpen();
    var hanging =
        breaker.pass(
            "A hanging probe",
            () -> {
              pass(PROBE_AFTER.minusMillis(1));
              assertThat(breaker.callsAllowed()).isZero();
              pass(Duration.ofMillis(2));
              assertThat(breaker.callsAllowed()).isEqualTo(1);
              pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
              return new Unavailable(null, "late");
            });

    assertThat(hanging).isInstanceOf(Unavailable.class);
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void one_prompt_that_is_refused_again_and_again_opens_nothing() throws Exception {
    for (int i = 0; i < 30; i++) {
      pass(new Forbidden("Nebius answered 403: blocked", "Nebius answered 403.", true));
    }
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void refusals_of_different_prompts_open_it_and_then_concern_all() throws Exception {
    assertThat(refuse("One")).isInstanceOf(Forbidden.class);
    assertThat(refuse("Two")).isInstanceOf(Forbidden.class);
    assertThat(refuse("Three"))
        .isEqualTo(new Misconfigured(ProviderRefusal.ACCESS, "Nebius answered 403: no", true));
    assertThat(breaker.blockedBy()).hasValue("access");

    assertThat(refuse("Three")).as("the one that opened it").isInstanceOf(CircuitOpen.class);
    assertThat(refuse("One")).as("refused before").isInstanceOf(CircuitOpen.class);
    assertThat(refuse("Four")).as("the probe").isInstanceOf(Misconfigured.class);
    assertThat(breaker.state())
        .isEqualTo(
            "nebius: 403, access was refused; open until 2026-11-22T12:00:10Z: Nebius answered"
                + " 403: no");
    pass(PROBE_AFTER);
    assertThat(refuse("Four")).isInstanceOf(CircuitOpen.class);
    pass(Duration.ofSeconds(2));
    assertThat(refuse("Four")).as("nobody else probes").isInstanceOf(Misconfigured.class);
  }

  @Test
  void another_prompt_closes_it_again_at_once() throws Exception {
    refuseThree();
    pass(new Rejected(FailureCode.REJECTED, "bad prompt"));

    assertThat(breaker.state()).isEqualTo("closed: calls are made");
    assertThat(refuse("One")).as("counted anew").isInstanceOf(Forbidden.class);
  }

  @Test
  void a_success_in_between_proves_that_it_is_the_prompts() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(refuse("Poison " + i)).isInstanceOf(Forbidden.class);
      assertThat(refuse("More poison " + i)).isInstanceOf(Forbidden.class);
      pass(new Rejected(FailureCode.REJECTED, "looked at"));
    }
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void prompts_that_were_at_fault_before_are_no_sign_when_only_they_are_left() throws Exception {
    var _ = refuse("One");
    var _ = refuse("Two");
    pass(new Rejected(FailureCode.REJECTED, "looked at"));
    var _ = refuse("Three");
    pass(new Rejected(FailureCode.REJECTED, "looked at"));

    for (var prompt : List.of("One", "Two", "Three", "One", "Two", "Three")) {
      assertThat(refuse(prompt)).isInstanceOf(Forbidden.class);
    }
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void a_success_of_a_call_from_before_the_refusals_proves_nothing_of_them() throws Exception {
    var _ =
        breaker.pass(
            "An old one",
            () -> {
              pass(Duration.ofSeconds(1));
              refuseTwo();
              return new Rejected(FailureCode.REJECTED, "looked at");
            });

    assertThat(refuse("Three")).isInstanceOf(Misconfigured.class);
    assertThat(breaker.blockedBy()).hasValue("access");
  }

  private void refuseTwo() throws Exception {
    var _ = refuse("One");
    var _ = refuse("Two");
  }

  @Test
  void nor_are_refusals_believed_while_a_call_is_under_way_that_may_succeed() throws Exception {
    var _ =
        breaker.pass(
            "A good one",
            () -> {
              refuseThree();
              assertThat(breaker.callsAllowed()).isGreaterThan(1000);
              return new Rejected(FailureCode.REJECTED, "looked at");
            });
    assertThat(refuse("Four")).isInstanceOf(Forbidden.class);

    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void but_not_for_the_sake_of_one_that_hangs() throws Exception {
    var _ =
        breaker.pass(
            "A hanging one",
            () -> {
              pass(Duration.ofSeconds(21));
              refuseThree();
              assertThat(breaker.blockedBy()).hasValue("access");
              return new CancelledInFlight("r");
            });
  }

  @Test
  void refusals_of_a_model_that_jobs_name_concern_those_jobs() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(breaker.pass("Prompt " + i, () -> new Forbidden("r", "t", false)))
          .isInstanceOf(Forbidden.class);
    }
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void a_refused_prompt_is_no_probe_of_an_outage() throws Exception {
    halfOpen();
    assertThat(refuse("Poison")).isInstanceOf(Forbidden.class);

    assertThat(breaker.callsAllowed()).isEqualTo(1);
    assertThat(breaker.blockedBy()).hasValue("outage");
  }

  @Test
  void of_two_429s_at_once_the_longer_pause_wins() throws Exception {
    pass(new RateLimited(Duration.ofSeconds(30), "slow down"));
    pass(new RateLimited(Duration.ofSeconds(1), "slow down"));

    pass(Duration.ofSeconds(2));
    assertThat(breaker.callsAllowed()).isZero();
    assertThat(breaker.blockedBy()).hasValue("rate_limited");
    pass(Duration.ofSeconds(28));
    assertThat(breaker.callsAllowed()).isGreaterThan(1000);
  }

  @Test
  void a_clock_that_is_put_back_does_not_make_a_429_s_pause_longer() throws Exception {
    pass(new RateLimited(Duration.ofSeconds(30), "slow down"));
    correction = Duration.ofHours(-1);

    assertThat(breaker.state()).isEqualTo("nebius: paused until 2026-11-22T11:00:30Z: slow down");
    pass(Duration.ofSeconds(30));
    assertThat(breaker.callsAllowed()).isGreaterThan(1000);
  }

  @Test
  void nor_does_it_put_off_the_probe() throws Exception {
    pass(new Misconfigured(ProviderRefusal.BALANCE, "Nebius answered 402: no money", true));
    correction = Duration.ofHours(-1);

    assertThat(breaker.untilProbe()).hasValue(PROBE_AFTER);
    pass(PROBE_AFTER);
    pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
    assertThat(breaker.state()).isEqualTo("closed: calls are made");
  }

  private void refuseThree() throws Exception {
    for (var prompt : List.of("One", "Two", "Three")) {
      var _ = refuse(prompt);
    }
  }

  private AttemptOutcome refuse(String prompt) throws Exception {
    return breaker.pass(
        prompt, () -> new Forbidden("Nebius answered 403: no", "Nebius answered 403.", true));
  }

  private void halfOpen() {
    try {
      pass(new Unavailable(null, "Nebius answered 503: down"));
      pass(new Unavailable(null, "Nebius answered 503: down"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    states.transitionToHalfOpenState();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void pass(AttemptOutcome outcome) throws Exception {
    assertThat(breaker.pass("A fox", () -> outcome)).isEqualTo(outcome);
  }
}
