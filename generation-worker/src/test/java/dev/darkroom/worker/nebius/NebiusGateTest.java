package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.model.FailureCode;
import dev.darkroom.worker.nebius.AttemptOutcome.GivenUp;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.NotStored;
import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.AttemptOutcome.Withdrawn;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NebiusGateTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration PROBE_AFTER = Duration.ofSeconds(10);

  private final CircuitBreaker breaker =
      CircuitBreaker.of(
          "nebius",
          CircuitBreakerConfig.custom()
              .slidingWindowSize(2)
              .minimumNumberOfCalls(2)
              .permittedNumberOfCallsInHalfOpenState(1)
              .recordResult(outcome -> NebiusGate.isOutage((AttemptOutcome) outcome))
              .build());
  private final NebiusGate gate =
      new NebiusGate(breaker, PROBE_AFTER, Clock.fixed(NOON, ZoneOffset.UTC));

  @Test
  void an_outage_says_until_when_and_why() throws Exception {
    pass(new Unavailable(null, "Nebius answered 503: down"));
    assertThat(gate.state()).isEqualTo("closed: calls are made");
    pass(new Unavailable(null, "Nebius answered 503: down"));

    assertThat(gate.state())
        .isEqualTo("nebius: open until 2026-11-22T12:00:10Z: Nebius answered 503: down");
    assertThat(gate.callsAllowed()).isZero();
    assertThat(gate.isBlockedBy(Block.OUTAGE)).isTrue();
    assertThatThrownBy(() -> pass(new Withdrawn("r")))
        .isInstanceOf(CallNotPermittedException.class);
  }

  @Test
  void a_refusal_of_the_first_call_is_enough_and_names_itself() throws Exception {
    pass(new Misconfigured(Refusal.BALANCE, "Nebius answered 402: no money", true));

    assertThat(gate.state())
        .isEqualTo(
            "nebius: 402, the account can't pay; open until 2026-11-22T12:00:10Z: Nebius answered"
                + " 402: no money");
    assertThat(gate.isBlockedBy(Block.BALANCE)).isTrue();
    assertThat(gate.isBlockedBy(Block.OUTAGE)).isFalse();
  }

  static List<AttemptOutcome> probesThatProveNothing() {
    return List.of(new GivenUp("r"), new Withdrawn("r"), new NotStored("r"));
  }

  @ParameterizedTest
  @MethodSource("probesThatProveNothing")
  void a_probe_that_proves_nothing_is_followed_by_another(AttemptOutcome nothing) throws Exception {
    halfOpen();
    pass(nothing);

    assertThat(gate.callsAllowed()).isEqualTo(1);
    assertThat(gate.state())
        .isEqualTo("nebius: half-open, the next call probes: Nebius answered 503: down");
    pass(new Rejected(FailureCode.REJECTED, "bad prompt"));
    assertThat(gate.state()).isEqualTo("closed: calls are made");
  }

  @Test
  void nor_is_a_probe_lost_that_ends_in_an_error() {
    halfOpen();
    assertThatThrownBy(() ->
            gate.pass(() -> {
              throw new StackOverflowError();
            }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(breaker.tryAcquirePermission()).isTrue();
  }

  @Test
  void one_probe_at_a_time() throws Exception {
    halfOpen();

    var _ =
        gate.pass(() -> {
          assertThatThrownBy(() -> pass(new Rejected(FailureCode.REJECTED, "r")))
              .isInstanceOf(CallNotPermittedException.class);
          return new Unavailable(null, "still down");
        });
    assertThat(gate.callsAllowed()).isZero();
    assertThat(gate.state()).endsWith(": still down");
  }

  private void halfOpen() {
    try {
      pass(new Unavailable(null, "Nebius answered 503: down"));
      pass(new Unavailable(null, "Nebius answered 503: down"));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    breaker.transitionToHalfOpenState();
  }

  private void pass(AttemptOutcome outcome) throws Exception {
    assertThat(gate.pass(() -> outcome)).isEqualTo(outcome);
  }
}
