package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether calls may be made now, and why not. Closed to calls during an outage (the circuit
 * breaker), after our key, account or model was refused (the same breaker, opened by hand, probed
 * the same way), and for as long as Nebius asked us to wait.
 */
public final class NebiusGate {
  private static final Logger log = LoggerFactory.getLogger(NebiusGate.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final CircuitBreaker breaker;
  private final Duration probeAfter;
  private final Clock clock;
  private volatile Instant pausedUntil = Instant.MIN;
  private volatile String reason = "";

  NebiusGate(CircuitBreaker breaker, Duration probeAfter, Clock clock) {
    this.breaker = breaker;
    this.probeAfter = probeAfter;
    this.clock = clock;
    var _ =
        breaker
            .getEventPublisher()
            .onStateTransition(event ->
                log.atWarn()
                    .addKeyValue("from", event.getStateTransition().getFromState())
                    .addKeyValue("to", event.getStateTransition().getToState())
                    .addKeyValue("reason", reason)
                    .log(
                        "the way to Nebius changed; while it is open jobs wait, and one call"
                            + " probes it now and then"));
  }

  /** Passes a call through the breaker. */
  AttemptOutcome pass(Callable<AttemptOutcome> call) throws Exception {
    var outcome = breaker.executeCallable(() -> remembered(call.call()));
    if (outcome instanceof Misconfigured && breaker.getState() == CircuitBreaker.State.CLOSED) {
      breaker.transitionToOpenState();
    }
    return outcome;
  }

  /** How many calls may be under way at once: none while it is closed, one while it is probed. */
  public int callsAllowed() {
    if (clock.instant().isBefore(pausedUntil)) {
      return 0;
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 0;
      case HALF_OPEN -> 1;
      case CLOSED, DISABLED, METRICS_ONLY -> Integer.MAX_VALUE;
    };
  }

  /** When a job that was turned away here should come again. */
  public Duration turnedAwayFor() {
    return probeAfter;
  }

  /** In words, for the health page: {@code open}, or why not. */
  public String state() {
    if (clock.instant().isBefore(pausedUntil)) {
      return "paused until " + pausedUntil + ": " + reason;
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "open: " + reason;
      case HALF_OPEN -> "half-open, one call probes: " + reason;
      case CLOSED, DISABLED, METRICS_ONLY -> "closed: calls are made";
    };
  }

  private AttemptOutcome remembered(AttemptOutcome outcome) {
    var said = outageReason(outcome);
    if (said != null) {
      reason = said;
    }
    if (outcome instanceof RateLimited limited) {
      reason = limited.reason();
      var until = clock.instant().plus(pause(limited));
      pausedUntil = until.isAfter(pausedUntil) ? until : pausedUntil;
    }
    return outcome;
  }

  private static Duration pause(RateLimited limited) {
    var asked = limited.retryAfter();
    if (asked == null) {
      return Duration.ofSeconds(1);
    }
    return asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
  }

  /**
   * True for outcomes that the breaker counts as failures: signs of an outage, not of a bad job.
   */
  static boolean isOutage(AttemptOutcome outcome) {
    return outageReason(outcome) != null;
  }

  private static @Nullable String outageReason(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Failed failed -> failed.reason();
      case AttemptOutcome.Unavailable unavailable -> unavailable.reason();
      case AttemptOutcome.NotMade notMade -> notMade.reason();
      case Misconfigured misconfigured -> misconfigured.reason();
      case AttemptOutcome.Unknown unknown -> unknown.reason();
      case AttemptOutcome.Succeeded _,
          AttemptOutcome.AlreadyStored _,
          AttemptOutcome.Rejected _,
          RateLimited _,
          AttemptOutcome.Withdrawn _,
          AttemptOutcome.TurnedAway _,
          AttemptOutcome.GivenUp _,
          AttemptOutcome.NotStored _ ->
          null;
    };
  }
}
